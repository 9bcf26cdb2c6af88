"""Forms of the plan: shape only; the actions decide."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from evaluations.actions.plan import PARAMETERS
from evaluations.models import Plan
from evaluations.queries.size_desk import SizeDesk
from evaluations.rules.sizes import SizeDecision, decision_faults


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
            "commitment",
        ),
    ),
    ("专家小组", ("criminal_panels", "civil_panels", "marking_from", "marking_to", "place")),
    ("评估补贴", ("fee", "review_paid", "withdrawn_paid")),
    (
        "期限与公布",
        (
            "publish_workdays",
            "appeal_workdays",
            "answer_workdays",
            "report_days",
            "report_roll",
            "rectify_grades",
            "rectify_deduction",
            "draw_public",
            "handler_public",
            "number_public",
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


class GroundField(forms.CharField):
    """A ground of a deviation; the label says when it must be filled."""

    when = "与规则不同时必填"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class SizeForm(forms.Form):
    """The decided number of cases and, where it differs from the rule, why and by whom."""

    size = forms.IntegerField(label="决定抽样件数", min_value=1, max_value=30_000)
    reason = GroundField(
        label="理由",
        max_length=100,
        help_text="与规则件数相同时，这四格都留空",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    clause = GroundField(label="依据条款", max_length=40, help_text="例如：方案第四条")
    signer = GroundField(label="批准人", max_length=20, help_text="职务和姓名")
    document = GroundField(label="批准文号", max_length=30, help_text="例如：万州司发〔2022〕11号")

    def __init__(self, *args: Any, desk: SizeDesk, **kwargs: Any) -> None:
        """The desk says by which rule a number counts as a deviation."""
        super().__init__(*args, **kwargs)
        self.desk = desk

    @property
    def decision(self) -> SizeDecision:
        """What was typed, as the rule reads it."""
        return SizeDecision(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """A deviation names its grounds, the rule's own number has none."""
        data = super().clean() or {}
        if not self.errors:
            due = self.desk.due
            faults = decision_faults(self.decision, by_rule=due.by_rule, eligible=due.eligible)
            for field, told in faults.items():
                self.add_error(field, told)
        return data


class CompareForm(forms.Form):
    """Another way of dividing the sample, for the preview only."""

    strata = forms.ChoiceField(label="分层", choices=Plan.Strata.choices)
    allocation = forms.ChoiceField(label="分配方法", choices=Plan.Allocation.choices)


class ClockForm(forms.Form):
    """The moment to which the rehearsal clock is set."""

    moment = forms.DateTimeField(
        label="演练时钟",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK_FORMATS[0]),
        input_formats=CLOCK_FORMATS,
    )
