"""评分表 as a page: the author's own sheet with items, totals and the queue of files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.urls import reverse

from evaluations.models import Item, Mark, ScoreSheet, SheetRound
from evaluations.queries.own_sheets import OwnFile, marks_of, own_files
from evaluations.queries.score_rows import (
    ItemRow,
    Queue,
    QueueCell,
    ScorePage,
    SectionCount,
    SectionRow,
    SheetHead,
    Totals,
    VetoRow,
)
from evaluations.queries.sheets import rule_mark, why_closed, with_clock
from evaluations.queries.standards import load_scope
from evaluations.rules import standards
from evaluations.rules.checks import Problem, check_mark
from evaluations.rules.grading import Assessment, assess, shown
from evaluations.rules.levels import MOST_OVERALL
from evaluations.rules.marking_time import ON_PAPER
from evaluations.rules.standards import MarkState
from wanzhou_eval.models import User


def score_page(sheet: ScoreSheet) -> ScorePage:
    """The page of a sheet that its author asked for. Seven queries, whatever its length."""
    with_clock(sheet.drawn_case.draw.plan)
    standard, items = load_scope(sheet.standard, sheet.scope)
    stored = marks_of(sheet, {item.pk: item for item in items})
    closed = why_closed(sheet) or (ON_PAPER if sheet.paper else "")
    lock_text = "" if sheet.sealed_at else closed
    return page_of(sheet_head(sheet), standard, items, stored, lock_text=lock_text)


def page_of(
    head: SheetHead,
    standard: standards.Standard,
    items: Sequence[Item],
    stored: Mapping[int, Mark],
    *,
    lock_text: str,
) -> ScorePage:
    """The page of any sheet, from its items and what was entered by item key. No query."""
    values = {item.number: item for item in standard.items}
    marks = [rule_mark(mark) for mark in stored.values()]
    rows = [_row(item, values[item.number], stored.get(item.pk)) for item in items if not item.veto]
    vetoes = tuple(
        _veto(item, values[item.number], stored.get(item.pk)) for item in items if item.veto
    )
    sections = _sections(rows, items)
    return ScorePage(
        head=head,
        sections=sections,
        vetoes=vetoes,
        totals=_totals(assess(standard, marks, overall=head.overall), sections),
        problems=tuple(
            sheet_problems(standard, items, marks, Judgement(head.overall, head.comment))
        ),
        lock_text=lock_text,
    )


def running_totals(
    standard: standards.Standard, marks: Iterable[standards.Mark], overall: int | None = None
) -> Totals:
    """The running total alone, for the answer to an autosave."""
    given = {mark.item: mark for mark in marks}
    scored = [
        (section.title, [item for item in section.items if not item.veto])
        for section in standard.sections
    ]
    counts = [
        _count(str(code), items, given)
        for code, (_, items) in enumerate((pair for pair in scored if pair[1]), 1)
    ]
    return _totals(assess(standard, given.values(), overall=overall), counts)


def _count(
    code: str, items: Sequence[standards.Item], given: Mapping[str, standards.Mark]
) -> SectionCount:
    found = [given[item.number] for item in items if item.number in given]
    return SectionCount(
        code=code,
        scored_count=sum(1 for mark in found if not mark.blank),
        item_count=len(items),
        deducted=sum((mark.deduction or Decimal(0) for mark in found), Decimal(0)),
        levels=[mark.level for mark in found if mark.level],
    )


@dataclass(frozen=True)
class Judgement:
    """What an author says of the whole file: the overall judgement, where there is one, and why."""

    overall: int | None
    comment: str


def sheet_problems(
    standard: standards.Standard,
    items: Sequence[Item],
    marks: Iterable[standards.Mark],
    judged: Judgement,
) -> list[tuple[str, str]]:
    """All that keeps a sheet from being sealed: sentence and the place on the page."""
    given = {mark.item: mark for mark in marks}
    anchors = {item.number: anchor_of(item) for item in items}
    found = []
    blank = "还没有评" if standard.by_level else "还没有评，不扣分请填 0"
    for item in standard.items:
        mark = given.get(item.number)
        if not item.veto and (mark is None or mark.blank):
            found.append((f"{item.number} {item.title}：{blank}", anchors[item.number]))
        for problem in check_mark(item, mark) if mark else ():
            found.append((f"{item.number} {problem.sentence}", anchors[item.number]))
    return found + (_unjudged(judged) if standard.by_level else [])


def _unjudged(judged: Judgement) -> list[tuple[str, str]]:
    """What is missing of the judgement of the whole file: it stands on no sum of items."""
    found = []
    if judged.overall is None:
        found.append(("总体判断：还没有作出，请评 1 到 5（5 最好）", f"overall-{MOST_OVERALL}"))
    if not judged.comment.strip():
        found.append(("总体意见：请写明总体判断的理由", "comment"))
    return found


def anchor_of(item: Item) -> str:
    """The field of an item to go to."""
    kind = "veto" if item.veto else "lvl" if item.by_level else "ded"
    return f"{kind}-{item.pk}"


def _row(item: Item, value: standards.Item, mark: Mark | None) -> ItemRow:
    entered = rule_mark(mark) if mark else standards.Mark(item=item.number)
    return ItemRow(
        id=item.pk,
        number=item.number,
        title=item.title,
        guidance=item.guidance,
        rule=item.rule,
        where=item.where,
        training=item.training,
        full_marks=item.full_marks,
        na_allowed=item.na_allowed,
        state=entered.state.value,
        deduction=entered.deduction,
        score=None if entered.deduction is None else item.full_marks - entered.deduction,
        reasons=value.reasons,
        chosen=entered.reasons,
        pages=entered.pages,
        note=entered.note,
        version=mark.version if mark else 0,
        error=_sentence(check_mark(value, entered)),
        bulk=entered.bulk,
        by_level=item.by_level,
        level=entered.level,
    )


def _sentence(problems: tuple[Problem, ...]) -> str:
    return problems[0].sentence if problems else ""


def _veto(item: Item, value: standards.Item, mark: Mark | None) -> VetoRow:
    entered = rule_mark(mark) if mark else standards.Mark(item=item.number)
    return VetoRow(
        id=item.pk,
        number=item.number,
        title=item.title,
        guidance=item.guidance,
        checked=entered.state is MarkState.VETO,
        pages=entered.pages,
        note=entered.note,
        version=mark.version if mark else 0,
        error=_sentence(check_mark(value, entered)),
    )


def _sections(rows: list[ItemRow], items: Sequence[Item]) -> tuple[SectionRow, ...]:
    titles = {item.pk: item.section for item in items}
    return tuple(
        _section(str(code), title, tuple(group))
        for code, (title, group) in enumerate(groupby(rows, key=lambda row: titles[row.id]), 1)
    )


def _section(code: str, title: str, rows: tuple[ItemRow, ...]) -> SectionRow:
    return SectionRow(
        code=code,
        title=title,
        items=rows,
        full_marks=sum((row.full_marks for row in rows), Decimal(0)),
        scored_count=sum(1 for row in rows if row.state or row.deduction is not None or row.level),
        item_count=len(rows),
        deducted=sum((row.deduction or Decimal(0) for row in rows), Decimal(0)),
        levels=[row.level for row in rows if row.level],
    )


def _totals(result: Assessment, sections: Sequence[SectionCount]) -> Totals:
    return Totals(
        score=None if result.score is None else shown(result.score),
        full=Decimal(MOST_OVERALL if result.by_level else 100),
        deducted=result.lost,
        scored_count=sum(section.scored_count for section in sections),
        item_count=sum(section.item_count for section in sections),
        grade=result.grade.name if result.grade else "",
        sections=sections,
        by_level=result.by_level,
        levels=result.levels,
    )


def sheet_head(sheet: ScoreSheet) -> SheetHead:
    """The identity of the file and the state of the sheet; needs the related rows at hand."""
    case = sheet.drawn_case.case
    return SheetHead(
        id=sheet.pk,
        serial=f"{case.serial:04d}",
        year=sheet.drawn_case.draw.plan.year,
        number=case.number,
        kind=case.get_kind_display(),
        cause=case.cause or case.get_kind_display(),
        stage_label=case.stage,
        closed_on=case.closed_on,
        standard_label=sheet.scope,
        version=sheet.version,
        comment=sheet.comment,
        overall=sheet.overall,
        sealed=sheet.sealed,
        sealed_at=sheet.sealed_at,
        seal_hash=sheet.seal_hash,
        saved_at=sheet.saved_at,
        position=sheet.position,
        expert=str(sheet.expert),
        review=sheet.round == SheetRound.REVIEW,
    )


def sheet_url(year: int, serial: int, *, review: bool, page: str = "sheet") -> str:
    """The address of a sheet's page; reviews have their own."""
    name = ("review_" if review else "score_") + page
    return reverse(name, kwargs={"year": year, "serial": serial})


def queue_of(sheet: ScoreSheet, *, user: User) -> Queue:
    """The strip of the author's files of this year and round. One query."""
    plan, review = sheet.drawn_case.draw.plan, sheet.round == SheetRound.REVIEW
    files = own_files(user, plan=plan.pk, in_round=sheet.round)
    cells = [_cell(each, plan.year, review=review, current=sheet.pk) for each in files]
    after = [cell for cell in cells if cell.position > sheet.position]
    waiting = [cell for cell in (*after, *cells) if cell.state in {"draft", "empty"}]
    return Queue(
        cells=cells,
        position=sheet.position,
        sealed=sum(1 for cell in cells if cell.progress == "sealed"),
        drafts=sum(1 for cell in cells if cell.progress == "draft"),
        next_url=waiting[0].url if waiting else reverse("my_tasks"),
    )


def _cell(file: OwnFile, year: int, *, review: bool, current: int) -> QueueCell:
    progress = "sealed" if file.sealed else "draft" if file.begun else "empty"
    return QueueCell(
        position=file.position,
        serial=f"{file.serial:04d}",
        url=sheet_url(year, file.serial, review=review),
        state="current" if file.sheet == current else progress,
        progress=progress,
    )
