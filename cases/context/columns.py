"""列对应: what each column was taken for, shown for correction, and what comes back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cases.imports import FIELDS, SheetMapping
from cases.imports.fields import DROPPED, LABELS, REQUIRED
from cases.imports.mapping import CONFIDENCE, LAST_TIME, PERSON
from cases.rules import kind_of

UNUSED = "（不用这一列）"


def _choices() -> tuple[tuple[str, str], ...]:
    notes = dict.fromkeys(REQUIRED, "（必需）") | dict.fromkeys(DROPPED, "（不保存）")
    return (("", UNUSED), *((f.key, f.label + notes.get(f.key, "")) for f in FIELDS))


CHOICES = _choices()


@dataclass(frozen=True)
class ColumnChoice:
    """One column with the field chosen for it; `before` is what it was taken for."""

    name: str
    letter: str
    header: str
    samples: tuple[str, ...]
    field: str
    before: str
    how: str

    @property
    def confidence(self) -> str:
        """高, 中 or nothing."""
        return CONFIDENCE.get(self.how, "") if self.field == self.before else ""


@dataclass(frozen=True)
class SheetForm:
    """One sheet of the page. `first` 0 = no header row known; `skip`: it is not to be read."""

    place: int
    sheet: str
    first: int
    last: int
    skip: bool
    columns: tuple[ColumnChoice, ...]
    missing: tuple[str, ...]
    by: str
    on: str

    @property
    def remembered(self) -> bool:
        """Whether it is read as a person mapped an earlier file."""
        return any(column.how == LAST_TIME for column in self.columns)


@dataclass(frozen=True)
class Problem:
    """Why the choice cannot be kept, and where it stands."""

    text: str
    anchor: str


def sheet_forms(
    described: Iterable[Mapping[str, Any]], *, posted: Mapping[str, str] | None = None
) -> list[SheetForm]:
    """The sheets as they were understood, or as they were just filled in."""
    return [
        _sheet_form(place, table, posted)
        for place, table in enumerate(described)
        if table["columns"]
    ]


def _sheet_form(
    place: int, table: Mapping[str, Any], posted: Mapping[str, str] | None
) -> SheetForm:
    skip = not table["header_row"] if posted is None else f"skip_{place}" in posted
    return SheetForm(
        place=place,
        sheet=table["sheet"],
        first=table["header_row"],
        last=table["last_row"],
        skip=skip,
        columns=tuple(
            _choice(f"c{place}_{index}", column, posted)
            for index, column in enumerate(table["columns"])
        ),
        missing=tuple(table["missing"]),
        by=table["by"],
        on=table["on"],
    )


def _choice(name: str, column: Mapping[str, Any], posted: Mapping[str, str] | None) -> ColumnChoice:
    chosen = column["field"] if posted is None else posted.get(name, "")
    return ColumnChoice(
        name=name,
        letter=column["letter"],
        header=column["header"],
        samples=tuple(column["samples"]),
        field=chosen if chosen in LABELS else "",
        before=column["field"],
        how=column["how"],
    )


def told_by(forms: Iterable[SheetForm]) -> tuple[dict[str, SheetMapping], list[Problem]]:
    """The mapping that was filled in, and what is wrong with it."""
    mapping: dict[str, SheetMapping] = {}
    problems: list[Problem] = []
    for form in forms:
        if form.skip:
            mapping[form.sheet] = SheetMapping(0, 0, {})
            continue
        problems += _problems(form)
        chosen = [column for column in form.columns if column.field]
        mapping[form.sheet] = SheetMapping(
            form.first,
            form.last,
            {column.field: column.letter for column in chosen},
            {c.field: c.how if c.field == c.before and c.how else PERSON for c in chosen},
        )
    if not any(told.first for told in mapping.values()) and not problems:
        problems.append(Problem("至少要读一个工作表：请取消一个“不读这个工作表”。", "sheet-0"))
    return mapping, problems


def _problems(form: SheetForm) -> list[Problem]:
    """What is missing or told twice in one sheet."""
    anchor = f"sheet-{form.place}"
    if not form.first:
        text = f"“{form.sheet}”还没有表头行：填表头所在的行号，或者勾选“不读这个工作表”。"
        return [Problem(text, anchor)]
    problems = []
    taken: dict[str, ColumnChoice] = {}
    for column in form.columns:
        first = taken.setdefault(column.field, column)
        if column.field and first is not column:
            text = f"“{LABELS[column.field]}”选了两列：{first.letter} 列和 {column.letter} 列。"
            problems.append(Problem(f"{text}只留一列。", column.name))
    needed = set(REQUIRED) - ({"kind"} if kind_of(form.sheet) else set())
    for key in (key for key in REQUIRED if key in needed and key not in taken):
        text = f"“{form.sheet}”还没有指定“{LABELS[key]}”是哪一列。"
        problems.append(Problem(text, anchor))
    return problems


@dataclass(frozen=True)
class UsedColumn:
    """A field and where it stands."""

    label: str
    letter: str
    confidence: str


@dataclass(frozen=True)
class SheetNote:
    """What the preview says of one sheet's columns. `first` 0 = it was not read."""

    sheet: str
    first: int
    remembered: bool
    by: str
    on: str
    used: tuple[UsedColumn, ...]
    unused: tuple[str, ...]


def sheet_notes(described: Iterable[Mapping[str, Any]]) -> list[SheetNote]:
    """How every sheet was read, in short."""
    return [_note(table) for table in described if table["columns"]]


def _note(table: Mapping[str, Any]) -> SheetNote:
    used, unused = [], []
    for column in table["columns"]:
        if column["field"]:
            confidence = CONFIDENCE.get(column["how"], "")
            used.append(UsedColumn(LABELS[column["field"]], column["letter"], confidence))
        elif column["header"].strip() or column["samples"]:
            name = "".join(column["header"].split())[:20]
            unused.append(f"{column['letter']} 列{f'“{name}”' if name else ''}")
    return SheetNote(
        sheet=table["sheet"],
        first=table["header_row"],
        remembered=any(column["how"] == LAST_TIME for column in table["columns"]),
        by=table["by"],
        on=table["on"],
        used=tuple(used),
        unused=tuple(unused),
    )
