"""案件 in 系统管理: look, import with preview, export. Cases are never edited here."""

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.forms import ImportForm

from cases.forms import UPLOAD_LIMIT
from cases.listing import case_table
from cases.models import Case, CaseQuerySet, Frame, ImportBatch
from cases.queries import CaseFilter, find_own_batch, findings_by_remedy, open_frames
from cases.resources import CaseResource, LedgerFormat
from wanzhou_eval.access import signed_in
from wanzhou_eval.downloads import write_out
from wanzhou_eval.errors import RefusedError


class AdminUploadForm(ImportForm):  # type: ignore[misc]  # the library is untyped
    """Year, content and file."""

    frame = forms.ModelChoiceField(label="年度", queryset=Frame.objects.none())
    content = forms.ChoiceField(label="内容", choices=ImportBatch.Content.choices)
    field_order = ("frame", "content", "import_file", "format", "resource")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        frame, file = self.fields["frame"], self.fields["import_file"]
        assert isinstance(frame, forms.ModelChoiceField)
        frame.queryset = open_frames()
        file.label = "文件"
        file.help_text = "不超过 10 MB。先检查，确认之前什么都不写入。"
        self.fields["format"].label = "格式"

    def clean_import_file(self) -> Any:
        """Not too large."""
        file = self.cleaned_data["import_file"]
        if file.size > UPLOAD_LIMIT:
            raise forms.ValidationError("文件超过 10 MB。请只保留台账所在的工作表后再选。")
        return file


class UploadedBytes:
    """Stands for the library's temporary folder: nothing unconfirmed is left on the disk."""

    name = ""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self) -> bytes:
        """The upload."""
        return self.data


@admin.register(Case)
class CaseAdmin(ImportExportMixin, admin.ModelAdmin):  # type: ignore[misc, type-arg]  # untyped library
    """办结案件 without recipients; import bound to a stored batch of the same person."""

    resource_classes = (CaseResource,)
    import_formats = export_formats = (LedgerFormat,)
    import_form_class = AdminUploadForm
    import_template_name = "admin/cases/upload.html"
    skip_export_form = True
    skip_admin_log = True
    list_display = ("label", "number", "kind", "stage", "firm", "closed_on")
    list_filter = ("frame", "kind")
    list_select_related = ("firm",)
    search_fields = ("number", "firm__name")
    fields = ("frame", "serial", "number", "kind", "stage", "firm", "closed_on")
    actions = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filter by what the page offers: `?recipient__startswith=` would spell out a party."""
        asked = lookup.partition("__")[0]
        return asked in self.list_filter and super().lookup_allowed(lookup, value, request)

    def write_to_tmp_storage(self, import_file: Any, input_format: LedgerFormat) -> UploadedBytes:
        """Keep the upload in memory only; the batch stores it."""
        return UploadedBytes(import_file.read())

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """What the resource needs of the form."""
        form = kwargs["form"]
        return {name: form.cleaned_data[name] for name in ("frame", "content")}

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Choose a file; it is checked and stored as a batch, then shown under its own address."""
        response: HttpResponse = super().import_action(request, **kwargs)
        result = getattr(response, "context_data", {}).get("result")
        if result is None:
            return response
        address = reverse("admin:cases_case_process_import")
        return redirect(f"{address}?{urlencode({'batch': result.batch.pk})}")

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the stored batch; 确认导入 confirms this batch with this fingerprint only."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        batch = find_own_batch(asked.get("batch", ""), user=signed_in(request))
        if request.method == "POST":
            return self.confirm(request, batch)
        context = {
            **self.admin_site.each_context(request),
            "title": "检查导入文件",
            "opts": self.opts,
            "batch": batch,
            "summary": batch.summary,
            "groups": findings_by_remedy(batch),
        }
        return TemplateResponse(request, "admin/cases/review.html", context)

    def confirm(self, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
        """Write what was previewed."""
        if request.POST.get("sha256") != batch.sha256:
            raise RefusedError("要确认的文件与检查的文件不是同一份，没有导入。请重新上传。")
        result = CaseResource().import_data(None, batch=batch, user=request.user)
        answer: HttpResponse = self.process_result(result, request)
        return answer

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        """What was done, in our words."""
        new, changed, same = (result.totals[name] for name in ("new", "update", "skip"))
        messages.success(request, f"已导入：新增{new}，修改{changed}，不变{same}。")

    def get_export_data(
        self,
        file_format: LedgerFormat,
        request: HttpRequest,
        queryset: CaseQuerySet,
        **kwargs: Any,
    ) -> bytes:
        """The list as the clerk's page exports it: text stays text, no recipients."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        target = BytesIO()
        table = case_table(queryset, asked=CaseFilter.asked({}), year=None)
        write_out(request, table, into=target)
        return target.getvalue()
