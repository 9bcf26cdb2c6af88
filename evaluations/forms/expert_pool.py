"""Forms of 专家库: shape only."""

from typing import Any

from django import forms

AREA = forms.Textarea(attrs={"rows": 2})


class ExpertFactsForm(forms.Form):
    """What an expert may be drawn for, with the reason of the change."""

    criminal = forms.BooleanField(label="刑事", required=False)
    civil = forms.BooleanField(label="民事行政", required=False)
    may_lead = forms.BooleanField(label="可任组长", required=False)
    is_local = forms.BooleanField(label="本地", required=False)
    active = forms.BooleanField(label="在库", required=False)
    reason = forms.CharField(
        label="更正理由", max_length=200, widget=AREA, help_text="写明依据，进入审计日志。"
    )

    def split(self) -> dict[str, Any]:
        """The facts apart from the reason."""
        data = dict(self.cleaned_data)
        return {"reason": data.pop("reason"), "values": data}


class AbsenceForm(forms.Form):
    """本年度整体不参加."""

    reason = forms.CharField(label="原因", max_length=200, widget=AREA)
    document = forms.CharField(
        label="依据文书", max_length=120, help_text="例如“本人书面申请，2022年8月12日”。"
    )


class LiftForm(forms.Form):
    """Taking 本年度不参加 back."""

    reason = forms.CharField(label="撤销理由", max_length=200, widget=AREA)
