"""Forms of approval and publication: shape only."""

from django import forms

from evaluations.models import Approval


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


class PublishForm(forms.Form):
    """Where the results stand and what shows it."""

    site = forms.CharField(
        label="公布位置",
        max_length=200,
        help_text="例如：区政府门户网站公共法律服务领域基层政务公开版块、法律援助管理信息系统。",
    )
    evidence = forms.CharField(
        label="公布凭据", max_length=200, help_text="网址、截图编号或发布回执编号。"
    )


class RepublishForm(PublishForm):
    """A further version says why."""

    reason = forms.CharField(
        label="重新公布原因", max_length=200, help_text="例如：0145号案件复评变更等次。"
    )


class WithholdForm(forms.Form):
    """不公开, or public again, of one case."""

    serial = forms.IntegerField(min_value=1, max_value=999_999)
    withheld = forms.BooleanField(required=False)
    reason = forms.CharField(max_length=200, strip=True)
