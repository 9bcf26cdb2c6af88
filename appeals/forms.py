"""Forms of appeals and consequences: shape only."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from appeals.models import Appeal
from wanzhou_eval.attachments import check_attachments
from wanzhou_eval.forms import FilesField, FilesInput

OTHER = "其他"
PAPER = "书面申辩"
"""The item of a line of a paper that names none."""


class DateInput(forms.DateInput):
    """A date field of the browser, in the form it understands."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class GroundsForm(forms.Form):
    """申辩意见 with one reason field per deducted item, and one for anything else."""

    statement = forms.CharField(
        label="申辩意见",
        help_text="写明对等次有什么意见、依据是什么，至少 10 个字。",
        min_length=10,
        max_length=8000,
        error_messages={"min_length": "申辩意见至少写 10 个字，现在 %(show_value)s 个。"},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    attachments = FilesField(
        label="附件",
        required=False,
        help_text="PDF、JPG、PNG 或 Word（docx），每个不超过 20 MB，最多 5 个。",
        widget=FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.docx"}),
    )

    def __init__(self, items: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = [*items, OTHER]
        self.bad_files = ""
        for place, item in enumerate(self.items):
            self.fields[f"ground-{place}"] = forms.CharField(
                label=f"对“{item}”的异议",
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 1}),
            )
        self.order_fields(
            ["statement", *(f"ground-{n}" for n in range(len(self.items))), "attachments"]
        )

    @property
    def ground_fields(self) -> list[forms.BoundField]:
        """The fields of the items, in their order, `OTHER` last."""
        return [self[f"ground-{place}"] for place in range(len(self.items))]

    def clean(self) -> dict[str, Any]:
        """At least one disputed item with its reason, as `grounds`."""
        data = super().clean() or {}
        data["files"] = data.pop("attachments", [])
        _, problems = check_attachments(data["files"])
        self.bad_files = "".join(problems)
        for problem in problems:  # here and in the action: what was typed stays on the page
            self.add_error("attachments", problem)
        data["grounds"] = self.grounds_of(data)
        if not data["grounds"]:
            raise forms.ValidationError("请至少对一个项目写明异议理由。")
        return data

    def grounds_of(self, data: dict[str, Any]) -> list[tuple[str, str]]:
        """The items with a reason, taken out of the fields."""
        pairs = [
            (item, data.pop(f"ground-{place}", "").strip()) for place, item in enumerate(self.items)
        ]
        return [(item, reason) for item, reason in pairs if reason]


class PaperForm(GroundsForm):
    """书面申辩 as received."""

    serial = forms.IntegerField(label="卷宗号", min_value=1, max_value=999_999)
    appellant = forms.CharField(label="申辩人（承办人姓名）", max_length=40)
    received_on = forms.DateField(
        label="收到日期", widget=DateInput(), help_text="以收文章上的日期为准。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__([], *args, **kwargs)
        self.fields["ground-0"] = forms.CharField(
            label="异议项目和理由",
            max_length=8000,
            help_text="一行一项，写成“项目：理由”，例如“1.1 会见：会见笔录在卷宗第12页”。",
            widget=forms.Textarea(attrs={"rows": 4}),
        )
        files = self.fields["attachments"]
        files.label, files.required = "申辩书扫描件", True
        files.help_text = (
            "必须附扫描件：PDF、JPG、PNG 或 Word（docx），每个不超过 20 MB，最多 5 个。"
        )
        self.order_fields(["serial", "appellant", "received_on", "statement", "ground-0"])

    def grounds_of(self, data: dict[str, Any]) -> list[tuple[str, str]]:
        """The lines of the paper: what stands before the colon is the item."""
        found = []
        for line in data.pop("ground-0", "").splitlines():
            item, mark, reason = line.strip().replace(":", "：", 1).partition("：")
            if item:
                found.append((item, reason.strip()) if mark and reason.strip() else (PAPER, item))
        return found


class AnswerForm(forms.Form):
    """审查结果: the result, the reasons and a view on every ground."""

    result = forms.ChoiceField(
        label="审查结果", choices=Appeal.Result.choices, widget=forms.RadioSelect
    )
    grade = forms.CharField(label="复评等次", max_length=10, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="审查意见", max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, grounds: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ground_ids = [pk for pk, _ in grounds]
        for pk, item in grounds:
            self.fields[f"view-{pk}"] = forms.CharField(
                label=f"对“{item}”异议的答复",
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        """The views by ground id."""
        data = super().clean() or {}
        data["views"] = {pk: data.pop(f"view-{pk}", "") for pk in self.ground_ids}
        return data


def money(label: str, *, least: str, **kwargs: Any) -> forms.DecimalField:
    """An amount of yuan."""
    return forms.DecimalField(
        label=label, min_value=Decimal(least), max_digits=9, decimal_places=2, **kwargs
    )


class AssessForm(forms.Form):
    """核定应收回金额 before the notice."""

    costs = money(
        "台账以外已付的补贴和费用（元）",
        least="0",
        help_text="已经报销的办案费用；台账没有列补贴的，也填在这里。没有填 0。",
    )
    amount = money("应收回（元）", least="0", help_text="不能超过实际已付的。没有应收回的填 0。")
    basis = forms.CharField(label="核定依据（付款凭证号、财务核对单）", max_length=200)


class NoticeForm(forms.Form):
    """追回通知."""

    notice = forms.CharField(label="通知文号", max_length=60)
    due_on = forms.DateField(label="收回期限", widget=DateInput())


class PaymentForm(forms.Form):
    """One instalment, or one sum given back."""

    amount = money("金额（元）", least="0.01")
    paid_on = forms.DateField(label="日期", widget=DateInput())
    evidence = forms.CharField(label="凭证号", max_length=120)


class TransferForm(forms.Form):
    """移送."""

    body = forms.CharField(label="移送单位", max_length=80)
    transferred_on = forms.DateField(label="移送日期", widget=DateInput())


class OutcomeForm(forms.Form):
    """What the inquiry came to."""

    outcome = forms.CharField(label="处理结果", max_length=400)
    evidence = forms.CharField(label="凭据（文号）", max_length=120)


class LiftForm(forms.Form):
    """撤销, told in writing."""

    reason = forms.CharField(label="撤销理由", max_length=140)
    evidence = forms.CharField(label="撤销通知文号", max_length=58)


class OrderForm(forms.Form):
    """科室 decides on 整改 of one case."""

    serial = forms.IntegerField(label="卷宗号", min_value=1, max_value=999_999)
    reason = forms.CharField(label="整改理由", max_length=300)


class DemandForm(forms.Form):
    """整改通知."""

    notice = forms.CharField(label="整改通知文号", max_length=60)
    demand = forms.CharField(
        label="整改要求", max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_on = forms.DateField(label="整改期限", widget=DateInput())


class ProofForm(forms.Form):
    """整改情况 as it came in, and what was found."""

    received_on = forms.DateField(label="收到日期", widget=DateInput())
    proof = forms.CharField(
        label="整改情况", max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = forms.CharField(label="整改凭据（材料名称、文号）", max_length=120)
    accepted = forms.TypedChoiceField(
        label="核验",
        choices=(("yes", "通过，办结"), ("no", "退回补正")),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="核验意见", max_length=300, required=False)
