"""Forms of 换人: shape only; who may leave and who comes is decided elsewhere."""

from django import forms

CAUSES = (
    ("declined", "谢绝聘请（还没有开始评卷）"),
    ("left", "中途退出"),
    ("absent", "未到场"),
)
AREA = forms.Textarea(attrs={"rows": 3})


class WithdrawForm(forms.Form):
    """Why an expert's person is not there, as 科室 records it."""

    cause = forms.ChoiceField(label="情形", choices=CAUSES)
    reason = forms.CharField(
        label="具体原因",
        max_length=180,
        help_text="写明事实和凭据，例如“8月20日来电说明出庭排期冲突”。写入抽选记录和证明。",
        widget=AREA,
    )


class ResignForm(forms.Form):
    """The expert's own words."""

    reason = forms.CharField(
        label="请辞原因",
        max_length=180,
        help_text="写入抽选记录，公布的证明里也有，请不要写家庭和健康的细节。",
        widget=AREA,
    )
