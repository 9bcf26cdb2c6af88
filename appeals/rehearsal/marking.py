"""专家评分与合议 of the rehearsal: plausible scores, through the experts' own acts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from appeals.rehearsal import files, paper
from appeals.rehearsal.before import prepare
from appeals.rehearsal.people import account_of
from evaluations.actions import deliberation
from evaluations.actions.entering import save_comment, save_overall, save_rows
from evaluations.actions.marking import close_marking, open_marking
from evaluations.actions.sheets import seal_sheet
from evaluations.models import DeductionReason, DrawnCase, Item, ScoreSheet
from evaluations.queries.sheets import revealed_pair
from wanzhou_eval.models import User
from wanzhou_eval.readers import reading_as

if TYPE_CHECKING:
    from appeals.rehearsal.year import Rehearsal

FAULTS = {"careful": 0.10, "plain": 0.46, "weak": 0.80}
"""Share of items with a deduction, by how well the file was kept."""


def half_way(year: Rehearsal) -> None:
    """开评; by the afternoon of the third day about half of the sheets are sealed."""
    prepare(year)
    year.at(8, 22, 8, 30)
    open_marking(year.plan, by=year.people["bureau"])
    sheets = first_sheets(year)
    for expert in {sheet.expert for sheet in sheets}:
        year.experts[expert.pk] = account_of(expert)
    files.hand_out(year)
    year.at(8, 22, 17)
    score_all(year, sheets[: len(sheets) // 4])
    year.at(8, 23, 17)
    score_all(year, sheets[len(sheets) // 4 : len(sheets) // 2])
    year.at(8, 24, 16, 30)


def first_sheets(year: Rehearsal) -> list[ScoreSheet]:
    """All sheets in the order of the files, so that the panels advance side by side."""
    sheets = ScoreSheet.objects.standing().filter(drawn_case__in=DrawnCase.objects.of(year.plan))
    return list(sheets.select_related("drawn_case__case", "expert").order_by("position", "pk"))


def finish(year: Rehearsal) -> None:
    """The other half, every case deliberated, 结束评估 on the last afternoon."""
    year.at(8, 26, 15)
    score_all(year, [sheet for sheet in first_sheets(year) if not sheet.sealed])
    year.at(8, 26, 16, 30)
    for case in DrawnCase.objects.of(year.plan).select_related("case"):
        settle(year, case)
    year.at(8, 26, 17, 30)
    close_marking(year.plan, by=year.people["bureau"])
    files.bring_back(year)


def score_all(year: Rehearsal, sheets: list[ScoreSheet]) -> None:
    """Score and seal the given sheets."""
    items: dict[tuple[int, str], list[Item]] = {}
    for sheet in sheets:
        key = (sheet.standard_id, sheet.scope)
        if key not in items:
            wanted = Item.objects.filter(standard=sheet.standard_id, scope=sheet.scope, veto=False)
            items[key] = list(wanted.prefetch_related("reasons").order_by("ordinal"))
        score(year, sheet, items[key], by=year.experts[sheet.expert_id])


def quality(year: Rehearsal, sheet: ScoreSheet) -> float:
    """How many faults the file has: of the case, not of the expert, so that the two agree."""
    serial = sheet.drawn_case.case.serial
    kind = "weak" if serial % 19 == 0 else "careful" if serial % 3 else "plain"
    return FAULTS[kind] * (0.9 + year.dice.random() * 0.2)


def score(year: Rehearsal, sheet: ScoreSheet, items: list[Item], *, by: User) -> None:
    """Enter every item and seal: 不扣分 mostly, else the first fitting reason with its page."""
    faults = quality(year, sheet)
    rows = []
    for item in items:
        reasons = [reason for reason in item.reasons.all() if not reason.other]
        faulty = reasons and year.dice.random() < faults
        weak = faults > FAULTS["plain"] * 1.2
        rows.append(deducted(year, item, reasons, weak=weak) if faulty else plain_row(item))
    if paper.comes_on_paper(sheet):
        return paper.type_twice(year, sheet, rows, **whole_of(rows))
    save_rows(sheet, rows=rows, by=by)
    for name, value in whole_of(rows).items():
        if name == "overall":
            save_overall(sheet, overall=value, by=by)
        else:
            save_comment(sheet, comment=value, by=by)
    seal_sheet(sheet, by=by)
    return None


OPINIONS = {
    5: "各环节到位，文书规范，受援人权益得到充分维护。",
    4: "主要环节到位，个别材料不齐，不影响办案质量。",
    3: "基本履行职责，会见、阅卷或文书有欠缺。",
    2: "多处没有履行职责，材料不能说明办案过程。",
}


def whole_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The judgement and the opinion where items take levels; nothing where they lose marks."""
    if rows[0]["level"] is None:
        return {}
    return {"overall": judged(rows), "comment": OPINIONS[judged(rows)]}


def judged(rows: list[dict[str, Any]]) -> int:
    """The overall judgement of the rehearsal's experts: not a sum, but not against the items."""
    low = sum(1 for row in rows if row["level"] == 1) / len(rows)
    good = sum(1 for row in rows if row["level"] == 3) / len(rows)
    return 2 if low > 0.3 else 3 if low > 0.12 else 5 if good > 0.93 else 4


def plain_row(item: Item) -> dict[str, Any]:
    """不扣分, or 评 3."""
    return row(item, deduction=None, level=3) if item.by_level else row(item, deduction=Decimal(0))


def row(
    item: Item,
    *,
    deduction: Decimal | None,
    level: int | None = None,
    reasons: tuple[int, ...] = (),
    pages: str = "",
) -> dict[str, Any]:
    """A row of the sheet as the form sends it."""
    return {
        "item": item,
        "state": "",
        "deduction": deduction,
        "level": level,
        "reasons": reasons,
        "pages": pages,
        "note": "",
        "version": 0,
    }


def deducted(
    year: Rehearsal, item: Item, reasons: list[DeductionReason], *, weak: bool
) -> dict[str, Any]:
    """One deduction at the least amount of its reason, or a low level, with a page of the file."""
    reason = max(reasons, key=lambda one: one.low) if weak else year.dice.choice(reasons)
    page = str(year.dice.randrange(3, 90))
    keys = (reason.ordinal,)
    if not item.by_level:
        return row(item, deduction=reason.low, reasons=keys, pages=page)
    low = weak or year.dice.random() < 0.3
    if low:
        return row(item, deduction=None, level=1, reasons=keys, pages=page)
    return row(item, deduction=None, level=2)


def settle(year: Rehearsal, case: DrawnCase, *, in_round: str = "first") -> None:
    """合议: same grade confirmed; else a proposal, agreed or, every other time, ruled."""
    pair = ScoreSheet.objects.standing().filter(drawn_case=case, round=in_round)
    reader = year.experts[pair.get(leads=True).expert_id]
    with reading_as(reader):
        leader, member = revealed_pair(reader, drawn_case=case, in_round=in_round)
    head, other = year.experts[leader.expert_id], year.experts[member.expert_id]
    if leader.grade == member.grade:
        deliberation.confirm_agreement(case, by=head, in_round=in_round)
        return
    proposal = deliberation.propose_grade(
        case, grade=leader.grade, reason="所记事实有卷宗页码为据。", by=head, in_round=in_round
    )
    if case.case.serial % 2:
        deliberation.answer_proposal(proposal, agree=True, by=other)
        return
    deliberation.answer_proposal(proposal, agree=False, reason="部分项目可以从宽。", by=other)
    deliberation.rule_grade(
        case,
        grade=leader.grade,
        reason="核对卷宗后，所记事实清楚，按标准确定等次。",
        by=head,
        in_round=in_round,
    )
