"""Forms of the plan: shape only; the actions decide."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from evaluations.actions.plan import PARAMETERS
from evaluations.models import Plan


def _backwards(first: date | None, last: date | None) -> bool:
    return bool(first and last and last < first)


CLOCK_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class DateInput(forms.DateInput):
    """A date field of the browser, in the form it understands."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """The parameters of a year, in the order of the document."""

    window_from = forms.DateField(label="办结起始日", widget=DateInput())
    window_to = forms.DateField(label="办结截止日", widget=DateInput())
    rehearsal_at = forms.DateTimeField(
        label="演练开始时间",
        help_text="演练年度有自己的时钟，可以往后拨；每页都标“演练”。",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK_FORMATS[0]),
        input_formats=CLOCK_FORMATS,
    )

    class Meta:
        model = Plan
        fields: ClassVar = ["year", *PARAMETERS]
        widgets: ClassVar = {"marking_from": DateInput(), "marking_to": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A rehearsal machine draws up rehearsal years only; a real one asks for no clock."""
        super().__init__(*args, **kwargs)
        if self.instance.pk or not settings.REHEARSAL:
            del self.fields["rehearsal_at"]

    def clean(self) -> dict[str, Any]:
        """Dates in order; an exception names the body that approved it."""
        data = super().clean() or {}
        if _backwards(data.get("window_from"), data.get("window_to")):
            self.add_error("window_to", "办结截止日早于起始日，请改正。")
        if _backwards(data.get("marking_from"), data.get("marking_to")):
            self.add_error("marking_to", "评估结束日早于开始日，请改正。")
        if data.get("exception_reason") and not data.get("exception_body"):
            self.add_error("exception_body", "写了范围例外，请填批准机关。")
        if (data.get("size_min") or 0) > (data.get("size_max") or 0):
            self.add_error("size_max", "最多件数少于最少件数，请改正。")
        return data


SECTIONS = (
    ("方案", ("year", "title", "basis")),
    (
        "抽选范围",
        ("window_from", "window_to", "exception_reason", "exception_body", "exception_document"),
    ),
    (
        "抽样",
        (
            "ratio_percent",
            "size_min",
            "size_max",
            "size_rule",
            "size_base",
            "strata",
            "allocation",
            "hash_name",
        ),
    ),
    ("专家小组", ("criminal_panels", "civil_panels", "marking_from", "marking_to", "place", "fee")),
    (
        "期限与公布",
        (
            "publish_workdays",
            "appeal_workdays",
            "answer_workdays",
            "report_days",
            "report_roll",
            "handler_public",
        ),
    ),
    ("异议申辩联系方式", ("appeal_office", "appeal_address", "appeal_phone")),
    ("演练", ("rehearsal_at",)),
)
"""The form's sections, in the order of the document."""


class IssueForm(forms.Form):
    """印发: number and date of the document."""

    document = forms.CharField(
        label="发文字号", max_length=60, help_text="例如：万州司发〔2022〕11号"
    )
    issued_on = forms.DateField(label="印发日期", widget=DateInput())


class SizeForm(forms.Form):
    """The decided number of cases and, where it differs from the rule, why."""

    size = forms.IntegerField(label="决定抽样件数", min_value=1, max_value=100_000)
    reason = forms.CharField(
        label="与规则不同的理由",
        max_length=200,
        required=False,
        help_text="与规则计算的件数相同时不用填。",
    )
    clause = forms.CharField(label="依据条款", max_length=120, required=False)
    signer = forms.CharField(label="批准人", max_length=40, required=False)


class ClockForm(forms.Form):
    """The moment to which the rehearsal clock is set."""

    moment = forms.DateTimeField(
        label="演练时钟",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK_FORMATS[0]),
        input_formats=CLOCK_FORMATS,
    )
