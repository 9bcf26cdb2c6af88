"""The form that takes a filled-in workbook of score sheets."""

from typing import Any

from django import forms

UPLOAD_LIMIT = 5 * 2**20


class OfflineForm(forms.Form):
    """The file, and what counts where something was saved meanwhile."""

    file = forms.FileField(
        label="填好的离线评分表",
        help_text="从这一页下载的 Excel 工作簿，不超过 5 MB。",
        allow_empty_file=True,
    )
    prefer = forms.ChoiceField(
        label="表格与系统里后来保存的不一样时",
        required=False,
        choices=[("", "先不写入，列出来看"), ("file", "以表格为准"), ("saved", "以系统里的为准")],
        widget=forms.RadioSelect,
    )

    def clean_file(self) -> Any:
        """Not empty and not too large; what is inside is the reader's business."""
        file = self.cleaned_data["file"]
        if file.size == 0:
            raise forms.ValidationError("这个文件是空的（0 字节）。请重新选择。")
        if file.size > UPLOAD_LIMIT:
            raise forms.ValidationError("文件超过 5 MB，不是离线评分表。请重新选择。")
        return file
