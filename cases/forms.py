"""Forms of the population: shape only."""

from django import forms

from cases.actions import CORRECTABLE
from cases.comparing import COLUMNS
from cases.models import ImportBatch
from cases.rules import EXCLUSION_REASONS

UPLOAD_LIMIT = 10 * 2**20


class UploadForm(forms.Form):
    """A file, or cells pasted from Excel or WPS."""

    content = forms.ChoiceField(
        label="内容",
        choices=ImportBatch.Content.choices,
        initial=ImportBatch.Content.LEDGER,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="Excel 文件",
        help_text="法律援助管理信息系统导出的台账，.xlsx、.xls、.ods 或 .csv，不超过 10 MB。",
        required=False,
        allow_empty_file=True,
    )
    pasted = forms.CharField(
        label="或者粘贴单元格",
        help_text="在 Excel 或 WPS 里连表头一起选中、复制，再粘贴到这里。",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, object]:
        """Exactly one of file and pasted cells, not empty, not too large."""
        data = super().clean() or {}
        file, pasted = data.get("file"), str(data.get("pasted") or "").strip()
        if not file and not pasted:
            raise forms.ValidationError("请选一个文件，或把单元格粘贴进来。")
        if file and pasted:
            raise forms.ValidationError("文件和粘贴内容只能用一种，请清空其中一种。")
        if file and file.size == 0:
            self.add_error("file", "这个文件是空的（0 字节）。请重新导出后再选。")
        if file and file.size > UPLOAD_LIMIT:
            self.add_error("file", "文件超过 10 MB。请只保留台账所在的工作表后再选。")
        return data


class TotalForm(forms.Form):
    """申报件数."""

    total = forms.IntegerField(
        label="申报件数",
        min_value=1,
        max_value=1_000_000,
        help_text="由导入人以外的人按结案登记簿录入，用来核对有没有漏件。",
    )


class ExclusionForm(forms.Form):
    """Why a case is left out."""

    code = forms.ChoiceField(label="剔除原因", choices=list(EXCLUSION_REASONS.items()))
    reason = forms.CharField(
        label="具体情况", max_length=120, required=False, help_text="选“其他”时必须写明。"
    )
    document = forms.CharField(
        label="依据文件", max_length=120, help_text="批准剔除的文件名称或文号。"
    )


class CorrectionForm(forms.Form):
    """What is corrected, why, by which paper."""

    field = forms.ChoiceField(
        label="更正项目", choices=[(name, COLUMNS[name]) for name in CORRECTABLE]
    )
    value = forms.CharField(
        label="更正为",
        max_length=400,
        required=False,
        help_text="按台账的写法填写；几名承办人用顿号隔开；不填就是清空。",
    )
    reason = forms.CharField(label="更正理由", max_length=200)
    document = forms.CharField(label="依据", max_length=120, help_text="例如卷宗第几页、哪份文书。")
    new_firm = forms.BooleanField(
        label="登记为新机构",
        required=False,
        help_text="更正承办机构，而机构名册里没有它时才勾选。",
    )
