"""Forms of marking and deliberation: shape only. Amounts follow `rules.standards.parse_amount`."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from evaluations.models import Item, ScoreSheet
from evaluations.rules.levels import BEST, parse_level, parse_overall
from evaluations.rules.standards import Band, MarkState, parse_amount
from wanzhou_eval.errors import RefusedError

UPLOAD_LIMIT = 5 * 2**20
NOTHING: dict[str, Any] = {"deduction": Decimal(0)}
BEST_LEVEL: dict[str, Any] = {"level": BEST}


@dataclass(frozen=True, kw_only=True)
class TypedRow:
    """One row as typed, in the words of `actions.entering.save_mark`."""

    item: Item
    state: str
    deduction: Decimal | None
    reasons: tuple[int, ...]
    pages: str
    note: str
    version: int
    bulk: bool = False
    level: int | None = None

    def values(self) -> dict[str, Any]:
        """The row as keyword arguments."""
        return dict(self.__dict__)

    @property
    def blank(self) -> bool:
        """Whether nothing was entered."""
        return self.deduction is None and self.level is None and not self.state


def one_row(data: QueryDict, *, item: Item) -> TypedRow:
    """A row saved by the script: fields without a suffix (top of js/score.js)."""
    if item.veto:
        return _veto_row(item, checked=bool(data.get("checked")), data=data, suffix="")
    return _scored_row(item, data=data, suffix="", deduction="deduction", reasons="reasons")


def overall_sent(data: QueryDict, name: str = "overall") -> int | None:
    """The overall judgement as sent. Raises `RefusedError` (422) for what is none."""
    try:
        return parse_overall(data.get(name, ""))
    except ValueError as error:
        raise RefusedError(str(error), status=422) from error


def all_rows(data: QueryDict, *, items: Sequence[Item]) -> list[TypedRow]:
    """The whole sheet sent at once, by a browser without script."""
    rest = data.get("rest", "")
    rows = []
    for item in items:
        if item.veto:
            checked = bool(data.get(f"veto-{item.pk}"))
            rows.append(_veto_row(item, checked=checked, data=data, suffix=f"-{item.pk}"))
        elif f"version-{item.pk}" in data:
            row = _scored_row(
                item, data=data, suffix=f"-{item.pk}", deduction="ded", reasons="reason"
            )
            rows.append(row)
    return _undeducted(rows, section=rest) if rest else rows


def _undeducted(rows: list[TypedRow], *, section: str) -> list[TypedRow]:
    """本节其余项不扣分, or 评 3: blanks of the named section become 0, or the best level."""
    titles = list(dict.fromkeys(row.item.section for row in rows if not row.item.veto))
    codes = {title: str(code) for code, title in enumerate(titles, 1)}
    return [
        TypedRow(**(row.values() | {"bulk": True} | (BEST_LEVEL if row.item.by_level else NOTHING)))
        if codes.get(row.item.section) == section and row.blank
        else row
        for row in rows
    ]


def _scored_row(
    item: Item, *, data: QueryDict, suffix: str, deduction: str, reasons: str
) -> TypedRow:
    state, level, amount = data.get(f"state{suffix}", ""), None, None
    try:
        if item.by_level:
            level = parse_level(data.get(f"level{suffix}", ""))
        else:
            amount = parse_amount(data.get(deduction + suffix, ""))
    except ValueError as error:
        raise RefusedError(f"“{item.number} {item.title}”：{error}", status=422) from error
    keys = [_whole(key) for key in data.getlist(reasons + suffix)]
    return TypedRow(
        item=item,
        state=state,
        level=None if state else level,
        deduction=amount,
        reasons=tuple(keys),
        pages=data.get(f"pages{suffix}", ""),
        note=data.get(f"note{suffix}", ""),
        version=_whole(data.get(f"version{suffix}", "0")),
        bulk=not suffix and data.get("bulk") == "1",
    )


def _veto_row(item: Item, *, checked: bool, data: QueryDict, suffix: str) -> TypedRow:
    prefix = "veto-" if suffix else ""
    return TypedRow(
        item=item,
        state=MarkState.VETO.value if checked else MarkState.SCORED.value,
        deduction=None,
        reasons=(),
        pages=data.get(f"{prefix}pages{suffix}", ""),
        note=data.get(f"{prefix}note{suffix}", ""),
        version=_whole(data.get(f"version{suffix}", "0")),
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise RefusedError("页面内容不完整，请刷新页面后再保存。", status=422)
    return int(text)


class SheetNoteForm(forms.Form):
    """Why the file cannot be judged by this expert, or what is wrong with it."""

    reason = forms.CharField(
        label="情况说明",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 400}),
    )


class WithdrawForm(forms.Form):
    """Why a sealed sheet is taken back."""

    reason = forms.CharField(
        label="撤回原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
    )


class ProposalForm(forms.Form):
    """A grade with a reason: for proposals and for the leader's ruling."""

    grade = forms.ChoiceField(label="等次", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="理由", max_length=600, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 600})
    )

    def __init__(self, data: Any = None, *, bands: Sequence[Band], prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        choices = [(band.name, band.name) for band in bands]
        self.fields["grade"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def refuse(self, why: str) -> None:
        """Tell why this grade cannot be proposed; an empty sentence says that it can."""
        if why:
            self.add_error("grade", why)


class AmountsForm(forms.Form):
    """合议扣分 or 合议等次 of single items; the cells stand in the comparison."""

    def __init__(
        self, data: Any = None, *, items: Sequence[Any], form_id: str, by_level: bool = False
    ) -> None:
        super().__init__(data, prefix="propose")
        self.by_level = by_level
        for row in items:
            label = f"{row.number} {row.title} {'合议等次' if by_level else '合议扣分'}"
            attrs = {"form": form_id, "inputmode": "decimal", "aria-label": label}
            self.fields[f"item-{row.number}"] = forms.CharField(
                label=label,
                required=False,
                max_length=8,
                widget=forms.TextInput(attrs=attrs | {"autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Item numbers with their deductions or levels; an empty cell is none."""
        amounts: dict[str, Any] = {}
        parse = parse_level if self.by_level else parse_amount
        for name, text in list((super().clean() or {}).items()):
            try:
                amount = parse(text)
            except ValueError as error:
                self.add_error(name, str(error))
                continue
            if amount is not None:
                amounts[name.removeprefix("item-")] = amount
        return amounts

    @property
    def settled(self) -> dict[str, Any]:
        """The same in the words of `actions.deliberation.propose_grade`."""
        return {"levels" if self.by_level else "amounts": self.cleaned_data}

    @property
    def told(self) -> list[dict[str, str]]:
        """The errors for the summary of the page."""
        return [
            {"text": f"{field.label}：{error}", "anchor": field.auto_id}
            for field in self
            for error in field.errors
        ]


class ReturnForm(forms.Form):
    """Which of the two sheets goes back to its author, and why."""

    sheet = forms.ChoiceField(label="退回哪一份", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="更正的原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200}),
    )

    def __init__(self, data: Any = None, *, pair: Sequence[ScoreSheet]) -> None:
        super().__init__(data, prefix="return")
        choices = [(str(sheet.pk), f"{sheet.expert}的评分表") for sheet in pair]
        self.fields["sheet"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class AnswerForm(forms.Form):
    """同意 or 不同意, with a reason for the latter."""

    answer = forms.ChoiceField(
        label="答复",
        choices=[("agree", "同意，就定这个等次"), ("disagree", "不同意")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="不同意的理由",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 600}),
    )


class ExtendForm(forms.Form):
    """延长评估时间."""

    until = forms.DateField(
        label="新的结束日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="原因和批准人", max_length=200)


class StandardForm(forms.Form):
    """A workbook with items and grades."""

    file = forms.FileField(
        label="评分标准 Excel 文件",
        help_text="两张表：评分项目（类型/阶段、一级指标、评估项目、分值等）和等次，不超过 5 MB。",
        allow_empty_file=True,
    )
    name = forms.CharField(label="名称", max_length=80, help_text="例如：2022年评分标准")
    basis = forms.CharField(
        label="依据",
        max_length=200,
        help_text="例如：《重庆市法律援助案件质量评估办法》",
        required=False,
    )

    def clean_file(self) -> Any:
        """Not empty and not too large; what is inside is the import's business."""
        file = self.cleaned_data["file"]
        if file.size == 0:
            raise forms.ValidationError("这个文件是空的（0 字节）。请重新选择。")
        if file.size > UPLOAD_LIMIT:
            raise forms.ValidationError("文件超过 5 MB。请只保留评分项目和等次两张表。")
        return file
