"""The form on which a signed paper sheet is typed: shape only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from evaluations.models import Item, PaperTyping
from evaluations.rules.errors import RuleError
from evaluations.rules.levels import parse_level, parse_overall
from evaluations.rules.paper import COMMENT, OVERALL, Typed, reason_keys, state_of
from evaluations.rules.standards import Mark, MarkState, parse_amount
from wanzhou_eval.forms import FilesField, FilesInput

KEYS = "情形请填数字键，如 1 或 1、3"


@dataclass
class TypedLine:
    """One item with what stands in its fields; `error` is what is wrong with them."""

    item: Item
    amount: str = ""
    why: str = ""
    pages: str = ""
    note: str = ""
    state: str = ""
    error: str = ""
    differs: bool = False

    @property
    def anchor(self) -> str:
        """The field to go to."""
        return f"state-{self.item.pk}" if self.item.veto else f"ded-{self.item.pk}"

    def mark(self) -> Mark:
        """The line as the value of the rules. Raises `RuleError` for what is no amount or key."""
        keys, state = reason_keys(self.why), state_of(self.state)
        if keys is None or not {each.ordinal for each in self.item.reasons.all()}.issuperset(keys):
            raise RuleError(KEYS)
        if state is None or ((state is MarkState.VETO) and not self.item.veto):
            raise RuleError("记载只能选“不适用”“无法评价”，或按扣分填写")
        by_level = self.item.by_level
        return Mark(
            item=self.item.number,
            state=state,
            deduction=None if by_level else parse_amount(self.amount),
            level=parse_level(self.amount) if by_level else None,
            reasons=keys,
            pages=self.pages.strip(),
            note=self.note.strip(),
        )


class TypingForm:
    """The whole sheet at once; what cannot be read stays in its field with the reason."""

    def __init__(self, items: Sequence[Item], *, own: PaperTyping | None, data: QueryDict | None):
        self.lines = [
            _sent(item, data) if data is not None else _saved(item, own) for item in items
        ]
        saved = own.texts.get(COMMENT, "") if own else ""
        self.comment = data.get("comment", "") if data is not None else saved
        self.by_level = any(item.by_level for item in items)
        kept = own.values.get(OVERALL, []) if own else []
        typed = data.get("overall", "") if data is not None else "".join(map(str, kept))
        self.overall_text = typed.strip()
        self.overall, self.overall_error, self.overall_differs = None, "", False
        try:
            self.overall = parse_overall(self.overall_text)
        except RuleError as error:
            self.overall_error = str(error)
        self.marks: dict[int, Mark] = {}
        for line in self.lines:
            try:
                self.marks[line.item.pk] = line.mark()
            except RuleError as error:
                line.error = str(error)

    @property
    def errors(self) -> list[dict[str, str]]:
        """One line for each field that cannot be read."""
        found = [
            {
                "text": _named(f"{line.item.number} {line.item.title}", line.error),
                "anchor": line.anchor,
            }
            for line in self.lines
            if line.error
        ]
        of_whole = {"text": _named("总体", self.overall_error), "anchor": "overall"}
        return found + ([of_whole] if self.overall_error else [])

    def typed(self, *, notes: bool) -> Typed:
        """What stands in the fields, for the check before it is finished."""
        marks = {mark.item: mark for mark in self.marks.values()}
        return Typed(marks=marks, overall=self.overall, comment=self.comment, notes=notes)

    def point_out(self, problems: Sequence[tuple[str, str]], differs: frozenset[int]) -> None:
        """Put what is missing, and where both typings differ, beside the lines."""
        told: Mapping[str, str] = dict(reversed(problems))
        self.overall_error = self.overall_error or told.get(OVERALL, told.get(COMMENT, ""))
        self.overall_differs = int(OVERALL) in differs
        for line in self.lines:
            line.error = line.error or told.get(line.item.number, "")
            line.differs = line.item.pk in differs


def _named(name: str, error: str) -> str:
    """A sentence for the summary: under its item, once."""
    return error if error.startswith(name) else f"{name}：{error}"


def _sent(item: Item, data: QueryDict) -> TypedLine:
    def sent(name: str) -> str:
        return data.get(f"{name}-{item.pk}", "").strip()

    return TypedLine(item, sent("ded"), sent("why"), sent("pages"), sent("note"), sent("state"))


def _saved(item: Item, own: PaperTyping | None) -> TypedLine:
    if own is None or str(item.pk) not in own.values:
        return TypedLine(item)
    state, amount, reasons, pages, *level = own.values[str(item.pk)]
    note = own.texts.get(str(item.pk), "")
    given = str(level[0]) if level else amount or ""
    return TypedLine(item, given, " ".join(map(str, reasons)), pages, note, state)


class DiscardForm(forms.Form):
    """Why the typings are thrown away."""

    reason = forms.CharField(label="撤销原因", max_length=200, help_text="不要写分数。")


class ScanForm(forms.Form):
    """The scan of the signed sheet."""

    scans = FilesField(
        label="签名原件的扫描件",
        help_text="PDF、JPG 或 PNG，每个不超过 20 MB，最多 5 个；要看得清签名。",
        widget=FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
