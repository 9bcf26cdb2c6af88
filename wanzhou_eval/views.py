"""Pages of the ground floor: login, own account, help, calendar, audit trail, error pages."""

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from wanzhou_eval import actions, queries
from wanzhou_eval.access import EVERYONE, for_roles, own_account, public, signed_in
from wanzhou_eval.clock import database_now
from wanzhou_eval.downloads import send_table, wants_table
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.exports import audit_table, holiday_table
from wanzhou_eval.forms import AuditFilterForm, LoginForm, PasswordForm
from wanzhou_eval.middleware import wants_json
from wanzhou_eval.models import Role, TextSize


@public
def log_in(request: HttpRequest) -> HttpResponse:
    """登录. Failures are counted before the password is hashed."""
    form = LoginForm(request.POST or None)
    failure = ""
    if request.method == "POST" and form.is_valid():
        attempt = actions.try_login(
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            address=request.META.get("REMOTE_ADDR"),
        )
        if attempt.user:
            login(request, attempt.user)
            return redirect(next_page(request))
        failure = attempt.sentence
    context = {
        "form": form,
        "failure": failure,
        "timeout": "timeout" in request.GET,
        "unsaved": "unsaved" in request.GET,
        "next": request.GET.get("next", ""),
    }
    return render(request, "wanzhou_eval/login.html", context, status=422 if failure else 200)


def next_page(request: HttpRequest) -> str:
    """The page asked for before the login, when it is one of ours."""
    target = request.POST.get("next") or "/"
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if ours else "/"


@own_account
@for_roles(*EVERYONE)
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """退出."""
    actions.end_session(by=signed_in(request))
    logout(request)
    return redirect("login")


@own_account
@for_roles(*EVERYONE)
def account(request: HttpRequest) -> HttpResponse:
    """我的: name, role, text size, password."""
    context = {"sizes": TextSize.choices, "form": PasswordForm(signed_in(request))}
    return render(request, "wanzhou_eval/account.html", context)


@own_account
@for_roles(*EVERYONE)
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """修改密码; every other session of the account ends."""
    form = PasswordForm(signed_in(request), request.POST)
    if not form.is_valid():
        context = {"sizes": TextSize.choices, "form": form}
        return render(request, "wanzhou_eval/account.html", context, status=422)
    user = actions.change_password(signed_in(request), new=form.cleaned_data["new"])
    login(request, user)
    messages.success(request, "密码已修改，其他电脑上的登录已退出。")
    return redirect("account")


@own_account
@for_roles(*EVERYONE)
@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """字号: kept with the account."""
    actions.choose_text_size(signed_in(request), size=request.POST.get("size", ""))
    return redirect(next_page(request))


@own_account
@for_roles(*EVERYONE)
@require_GET
def stay(request: HttpRequest) -> HttpResponse:
    """继续使用: the request itself is what keeps the session."""
    return JsonResponse({"stays": True})


HELP_TOPICS = (
    ("results", "公布以后怎么办"),
    ("paper", "纸质评分表怎么录"),
    ("draw", "怎样核验抽选"),
    ("documents", "怎样改文书模板"),
    ("terms", "名词和阶段"),
)
"""Help pages beside those of the roles."""


@for_roles(*EVERYONE)
def help_topic(request: HttpRequest, topic: str = "") -> HttpResponse:
    """帮助: one printable page per role."""
    topic = topic or signed_in(request).role
    topics = [*Role.choices, *HELP_TOPICS]
    if topic not in dict(topics):
        raise RefusedError("没有这个帮助页。请从“帮助”目录里选。", status=404)
    context = {"topic": topic, "topics": topics}
    return render(request, f"wanzhou_eval/help/{topic}.html", context)


@for_roles(*EVERYONE)
def calendar(request: HttpRequest) -> HttpResponse:
    """工作日历: what every deadline is counted with."""
    page = queries.calendar_page(
        request.GET.get("year", ""),
        today=database_now().date(),
        version=request.GET.get("version", ""),
    )
    if wants_table(request):
        return send_table(request, holiday_table(page))
    return render(
        request,
        "wanzhou_eval/calendar.html",
        {
            "calendar": page,
            "may_keep": signed_in(request).role == Role.SYSADMIN,
        },
    )


@for_roles(Role.BUREAU, Role.LEADER, Role.AUDITOR)
def audit(request: HttpRequest) -> HttpResponse:
    """审计日志 with the state of its chain."""
    trail = queries.audit_trail(request.GET.dict())
    if wants_table(request):
        return send_table(request, audit_table(trail))
    form = AuditFilterForm(
        initial=trail.asked, years=trail.years, actors=trail.actors, actions=trail.actions
    )
    context = {"trail": trail, "form": form, "page_title": "审计日志"}
    return render(request, "wanzhou_eval/audit.html", context)


@for_roles(Role.SYSADMIN, Role.BUREAU)
def specimen(request: HttpRequest) -> HttpResponse:
    """组件样张: every component in every state, for the look tests."""
    return render(request, "wanzhou_eval/specimen.html", {})


def message_page(request: HttpRequest, *, title: str, sentence: str, status: int) -> HttpResponse:
    """One sentence on a page."""
    context = {"title": title, "sentence": sentence, "back": request.META.get("HTTP_REFERER")}
    return render(request, "wanzhou_eval/message.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    sentence = "没有这个页面。请检查网址，或回首页从菜单进入。"
    return message_page(request, title="没有找到", sentence=sentence, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 raised by Django itself."""
    sentence = "当前账号不能打开这个页面。请换用有权限的账号登录，或联系公共法律服务科。"
    return message_page(request, title="没有权限", sentence=sentence, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the session, or came from elsewhere."""
    sentence = "这个表单已过期，没有保存。请返回上一页刷新后再提交；若刚退出过登录，请先重新登录。"
    if wants_json(request):
        return JsonResponse({"message": sentence}, status=403)
    return message_page(request, title="表单已过期", sentence=sentence, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: rendered without the database."""
    return render(None, "wanzhou_eval/error_500.html", {}, status=500)
