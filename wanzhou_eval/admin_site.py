"""系统管理: one entrance for all, the throttled login; only 系统管理员 gets in."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode

from wanzhou_eval.errors import RefusedError


class HouseAdminSite(AdminSite):
    """Accounts, calendar, synonyms and the case import; never scores, draws or results."""

    site_header = "法律援助案件质量评估 · 系统管理"
    site_title = "系统管理"
    index_title = "账号、日历、机构别名和案件导入"
    site_url = "/calendar/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the reader is 系统管理员; others read which role it takes (403)."""
        if request.user.is_authenticated and not request.user.is_staff:
            raise RefusedError(
                "系统管理供系统管理员使用。请换用系统管理员账号登录，或从首页进入自己的页面。",
                status=403,
            )
        return super().has_permission(request)

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the login page of the house: no second door without throttle."""
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('login')}?{urlencode({'next': target})}")

    def logout(  # type: ignore[override]  # the stubs know one answer only
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the own account, where 退出 stands."""
        return redirect("account")

    def password_change(  # type: ignore[override]  # the stubs know one answer only
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the password form of the house."""
        return redirect("account")
