"""Forms of the draws: they check the shape of what is typed, in the words of the rules."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms

from evaluations.rules.errors import RuleError
from evaluations.rules.rollers import EXAMPLE, rollers_of, rollers_text
from evaluations.rules.seeds import SeedSource, check_digits

FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
SOURCES = (
    ("d10", "十面骰子（0—9）"),
    ("ball", "摇号球（每次放回）"),
    ("d6", "六面骰子（1—6）"),
)


@contextmanager
def as_field_error() -> Iterator[None]:
    """Show the sentence of a rule at its field, so that what was typed stays."""
    try:
        yield
    except RuleError as error:
        raise forms.ValidationError(str(error)) from None


class DigitsForm(forms.Form):
    """随机数 as read aloud; full-width digits and spaces are tidied before anybody confirms."""

    digits = forms.CharField(
        label="随机数",
        max_length=400,
        error_messages={"required": "请照掷出的先后录入随机数。"},
        help_text="按掷出先后连续录入，空格不计。至少20位，建议24位；六面骰子至少31位。",
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "spellcheck": "false",
                "class": "digits",
                "data-digits": "",
            }
        ),
    )

    def clean_digits(self) -> str:
        """The digits without spaces, as ASCII; enough of them."""
        digits = "".join(self.cleaned_data["digits"].translate(FULL_WIDTH).split())
        with as_field_error():
            check_digits(digits, source=self.source_of_digits)
        return digits

    @property
    def source_of_digits(self) -> SeedSource | None:
        """How the digits were rolled, where this form asks for it."""
        typed = self.data.get("source", "")
        return SeedSource(typed) if typed in set(SeedSource) and "source" in self.fields else None


class SeedForm(DigitsForm):
    """First typing: the digits, how they were rolled, and who rolled which of them."""

    source = forms.ChoiceField(label="随机数来源", choices=SOURCES)
    witnesses = forms.CharField(
        label="谁掷的，各几位",
        max_length=200,
        error_messages={"required": f"请写明谁掷的，{EXAMPLE}。"},
        help_text=f"按掷出先后，写单位、姓名、位数，一人一行或用分号隔开。{EXAMPLE}。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_witnesses(self) -> str:
        """The people on one line; their shares make up the digits."""
        text: str = self.cleaned_data["witnesses"].translate(FULL_WIDTH)
        digits = self.cleaned_data.get("digits")
        if not digits:
            return text
        with as_field_error():
            return rollers_text(rollers_of(text, count=len(digits)))


class RevealForm(DigitsForm):
    """Second typing where the list has a commitment: the digits and the value on the slip."""

    secret = forms.CharField(
        label="承诺值",
        max_length=400,
        help_text="信封里的64位，两行条码依次扫入，或照字录入；大小写、空格、换行不计。",
        widget=forms.Textarea(
            attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false", "class": "digits"}
        ),
    )

    def clean_secret(self) -> str:
        """The value as it was printed: half width, lower case, no spaces; the rule judges it."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["secret"])
        return "".join(text.split()).lower()


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
        label="指纹单（表A）上的名单指纹",
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
