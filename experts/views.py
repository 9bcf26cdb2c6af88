"""专家 pages: the pool, its import, declared relations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from experts import actions, queries
from experts.forms import PoolUploadForm
from experts.permissions import may_keep_pool, may_see_phone
from wanzhou_eval.access import STAFF, for_roles, signed_in
from wanzhou_eval.models import Role


@for_roles(*STAFF)
def expert_list(request: HttpRequest, year: int) -> HttpResponse:
    """专家库 with specialties and firms."""
    user = signed_in(request)
    context = {
        "pool": queries.pool(),
        "year": year,
        "page_title": "专家库",
        "may_keep": may_keep_pool(user),
        "shows_phone": may_see_phone(user),
    }
    return render(request, "experts/expert_list.html", context)


@for_roles(Role.BUREAU)
def pool_upload(request: HttpRequest, year: int) -> HttpResponse:
    """导入专家库."""
    form = PoolUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        result = actions.import_pool(file.read(), file_name=file.name, by=signed_in(request))
        messages.success(
            request, f"专家库已导入：新增{result.new}，修改{result.changed}，不变{result.same}。"
        )
        return redirect("expert_list", year)
    context = {"form": form, "year": year, "page_title": "导入专家库"}
    return render(request, "experts/pool_upload.html", context, status=422 if form.errors else 200)
