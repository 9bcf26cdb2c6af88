"""Forms of approval, publication and allowances: shape only."""

from typing import Any

from django import forms

from evaluations.forms.plan import CLOCK_FORMATS, DateInput
from evaluations.models import Approval, PublicationPlace
from wanzhou_eval.attachments import FILE_LIMIT


class DecisionForm(forms.Form):
    """审定: approve or return, with the defect of procedure."""

    decision = forms.ChoiceField(
        label="审定意见", choices=Approval.Decision.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="理由",
        help_text="退回时写明程序上的问题。等次由评估小组定，这里不能改。",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OneFileField(forms.FileField):
    """A file as (name, content), or nothing; whether it may be kept is for the action to say."""

    def clean(self, data: Any, initial: Any = None) -> tuple[str, bytes] | None:
        """Read no more than shows that it is too much."""
        if not data and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return (data.name or "附件", data.read(FILE_LIMIT + 1)) if data else None


class PlaceForm(forms.Form):
    """A place where the results stand, since when, and what shows it."""

    kind = forms.ChoiceField(
        label="类别",
        choices=PublicationPlace.Kind.choices,
        initial=PublicationPlace.Kind.PORTAL,
        required=False,
    )
    site = forms.CharField(
        label="公布位置",
        max_length=200,
        help_text="例如：区政府门户网站公共法律服务领域基层政务公开版块。",
    )
    posted_at = forms.DateTimeField(
        label="上网时间",
        required=False,
        help_text="不填就是现在。申辩期限从在这里登记之日起算。",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK_FORMATS[0]),
        input_formats=CLOCK_FORMATS,
    )
    evidence = forms.CharField(
        label="公布凭据", max_length=200, help_text="网址、截图编号或发布回执编号。"
    )
    file = OneFileField(
        label="截图或回执",
        required=False,
        help_text="PDF、JPG、PNG 或 Word（docx），不超过 20 MB。",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.docx"}),
    )

    def clean_kind(self) -> str:
        """The portal unless another kind was chosen."""
        return self.cleaned_data["kind"] or PublicationPlace.Kind.PORTAL.value


class PublishForm(PlaceForm):
    """The first publication: the first place is recorded with it."""


class RepublishForm(PlaceForm):
    """A further version says why."""

    reason = forms.CharField(
        label="重新公布原因", max_length=200, help_text="例如：0145号案件复评变更等次。"
    )
    field_order = ("reason",)


class WithholdForm(forms.Form):
    """不公开, or public again, of one case."""

    serial = forms.IntegerField(min_value=1, max_value=999_999)
    withheld = forms.BooleanField(required=False)
    reason = forms.CharField(max_length=200, strip=True)


class PayForm(forms.Form):
    """Experts that were paid, when, and what shows it."""

    paid_on = forms.DateField(label="发放日期", widget=DateInput())
    evidence = forms.CharField(
        label="发放凭据", max_length=120, help_text="转账凭证号、签领表编号等。"
    )
