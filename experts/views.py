"""专家 pages: import of the pool. The list of a year is in evaluations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from experts import actions
from experts.forms import PoolUploadForm
from wanzhou_eval.access import for_roles, signed_in
from wanzhou_eval.models import Role


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
