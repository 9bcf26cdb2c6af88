"""Forms of the draws: they check the shape of what is typed; the rules judge the seed."""

from typing import Any

from django import forms

FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
SOURCES = (
    ("d10", "十面骰子（0—9）"),
    ("ball", "摇号球（每次放回）"),
    ("d6", "六面骰子（1—6）"),
)


class DigitsForm(forms.Form):
    """随机数 as read aloud; full-width digits and spaces are tidied before anybody confirms."""

    digits = forms.CharField(
        label="随机数",
        max_length=400,
        help_text="按掷出先后连续录入，空格不计。至少20位，建议24位；六面骰子至少31位。",
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "spellcheck": "false",
                "class": "digits",
            }
        ),
    )

    def clean_digits(self) -> str:
        """The digits without spaces, as ASCII; anything else is left for the rule to refuse."""
        text: str = self.cleaned_data["digits"]
        return "".join(text.translate(FULL_WIDTH).split())


class SeedForm(DigitsForm):
    """First typing: the digits, how they were rolled, and who rolled them."""

    source = forms.ChoiceField(label="随机数来源", choices=SOURCES)
    witnesses = forms.CharField(
        label="掷骰人及见证人",
        max_length=200,
        help_text="写明单位和姓名，例如：纪检 甲；律师代表 乙；专家代表 丙。",
    )


class VoidForm(forms.Form):
    """作废 of a draw: the legal reason."""

    reason = forms.CharField(
        label="作废理由",
        max_length=200,
        help_text="写明事实和依据。作废的记录保留并公开。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReplaceForm(forms.Form):
    """换件: why the file of a drawn case cannot be evaluated."""

    kind = forms.ChoiceField(
        label="原因类别", choices=(("missing", "卷宗缺失"), ("ineligible", "不符合抽样条件"))
    )
    reason = forms.CharField(label="具体原因", max_length=200)


class VerifyForm(forms.Form):
    """复算: the fingerprint on the signed sheet A and, if wanted, a certificate file."""

    printed = forms.CharField(
        label="指纹单上的名单指纹",
        max_length=120,
        help_text="照签名的纸质指纹单录入64位，空格不计。只核对电脑里的记录，查不出整份记录被换。",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "digits"}
        ),
    )
    certificate = forms.FileField(label="证明文件（JSON或核验包ZIP）", required=False)

    def clean_printed(self) -> str:
        """The fingerprint without spaces, lower case."""
        return "".join(self.cleaned_data["printed"].split()).lower()

    def clean(self) -> dict[str, Any]:
        """Keep an upload within what a certificate of 100,000 cases needs."""
        data = super().clean() or {}
        upload = data.get("certificate")
        if upload and upload.size > 40 * 1024 * 1024:
            self.add_error("certificate", "文件超过40兆，不是本系统的抽选证明。请另选文件。")
        return data
