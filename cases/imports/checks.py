"""What only shows when the whole ledger is read: duplicates, order of dates, totals."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import cast

from cases.imports.desk import Desk, Draft
from cases.imports.fields import LABELS
from cases.imports.reading import CaseRow
from cases.rules import (
    LATE_FILING_DAYS,
    Kind,
    Stage,
    in_window,
    is_filed_late,
    kind_of_number,
    near_skeleton,
    skeleton,
)
from wanzhou_eval.tables import CleaningStep

RECIPIENT_LIMIT, CATEGORY_LIMIT = 60, 60


def check_rows(desk: Desk) -> tuple[CaseRow, ...]:
    """Check every draft and all of them together; returns the rows without an error."""
    for draft in desk.drafts:
        _check_dates(draft, desk)
        _check_kind(draft, desk)
        _note_group(draft, desk)
    _check_firms(desk)
    _check_duplicates(desk)
    serials = _serials(desk)
    accepted = tuple(
        _case_row(draft, serial)
        for draft, serial in zip(desk.drafts, serials, strict=True)
        if not desk.is_failed(draft)
    )
    _check_totals(desk, accepted)
    return accepted


def _check_dates(draft: Draft, desk: Desk) -> None:
    assigned, closed, filed = (
        cast("date | None", draft.values[key]) for key in ("assigned_on", "closed_on", "filed_on")
    )
    if closed is None:
        return
    place = (draft.sheet, draft.row)
    window = desk.options.window
    if assigned is not None and closed < assigned:
        desk.fail(
            "closed_before_assigned",
            *place,
            LABELS["closed_on"],
            closed.isoformat(),
            f"结案日期早于指派日期（{assigned}）",
            "核对两个日期后改正",
        )
    if window and not in_window(closed, window):
        desk.warn(
            "outside_window",
            *place,
            LABELS["closed_on"],
            closed.isoformat(),
            f"结案日期不在方案时段 {window[0]} 至 {window[1]} 内",
            "不属于本年度的，请从台账删去",
        )
    if filed is not None and filed < closed:
        desk.warn(
            "filed_before_closed",
            *place,
            LABELS["filed_on"],
            filed.isoformat(),
            f"归档日期早于结案日期（{closed}）",
            "核对两个日期",
        )
    if is_filed_late(closed, filed) and filed is not None:
        desk.warn(
            "late_filing",
            *place,
            LABELS["filed_on"],
            filed.isoformat(),
            f"结案后 {(filed - closed).days} 日才归档，超过 {LATE_FILING_DAYS} 日",
            "不影响导入；评分时注意逾期报送",
        )


def _check_kind(draft: Draft, desk: Desk) -> None:
    number, kind, stage = (draft.values[key] for key in ("number", "kind", "stage"))
    place = (draft.sheet, draft.row)
    if isinstance(number, str) and isinstance(kind, Kind):
        named = kind_of_number(number)
        if named is not None and named is not kind:
            desk.warn(
                "kind_mismatch",
                *place,
                LABELS["kind"],
                kind.label,
                f"案号写的是{named.label}，类型栏填的是{kind.label}",
                "核对案件类型",
            )
    if isinstance(stage, tuple) and stage[0] is Stage.OTHER:
        desk.warn(
            "unknown_stage",
            *place,
            LABELS["stage"],
            str(stage[1]),
            "没有见过的诉讼阶段，按原文保留",
            "如果是别名，请在同义词表里对应",
        )


def _note_group(draft: Draft, desk: Desk) -> None:
    if draft.last > draft.row:
        number = draft.values["number"]
        desk.cleaning.append(
            CleaningStep(
                draft.sheet,
                draft.row,
                "(纵向合并)",
                f"{draft.row}–{draft.last}行",
                str(number or ""),
                f"集体案件 {len(draft.recipients)} 名受援人占 {draft.last - draft.row + 1} 行，"
                "只算 1 件",
            )
        )


def _check_firms(desk: Desk) -> None:
    firms = desk.options.firms
    if firms is None:
        return
    for draft in desk.drafts:
        firm = draft.values["firm"]
        if isinstance(firm, str) and firm not in firms:
            desk.warn(
                "unknown_firm",
                draft.sheet,
                draft.row,
                LABELS["firm"],
                firm,
                "机构名册里没有这个承办机构",
                _firm_remedy(firm, firms),
            )


def _firm_remedy(firm: str, firms: Iterable[str]) -> str:
    stem = firm.removesuffix("律师事务所").removesuffix("律所").removesuffix("法律服务所")
    near = sorted(name for name in firms if stem and (stem in name or name in firm))
    if near:
        return f"如果就是“{near[0]}”，请在同义词表里对应；确为新机构则不必处理"
    return "确为新机构则不必处理；写错的请改正"


def _check_duplicates(desk: Desk) -> None:
    by_key: dict[str, list[Draft]] = defaultdict(list)
    by_skeleton: dict[str, list[Draft]] = defaultdict(list)
    by_near: dict[str, list[Draft]] = defaultdict(list)
    for draft in desk.drafts:
        number = draft.values["number"]
        if isinstance(number, str):
            by_key[number].append(draft)
    for number, drafts in by_key.items():
        _report_same(drafts, desk, "duplicate", "案号重复，与第 {row} 行是同一案号")
        by_skeleton[skeleton(number)].append(drafts[0])
        by_near[near_skeleton(number)].append(drafts[0])
        where = desk.options.known.get(number)
        if where:
            desk.warn(
                "known_elsewhere",
                drafts[0].sheet,
                drafts[0].row,
                LABELS["number"],
                number,
                f"这个案号已在{where}里",
                "确认不是重复计入后再导入",
            )
    for drafts in by_skeleton.values():
        _report_same(drafts, desk, "look_alike", "案号与第 {row} 行只差写法，分不清是否同一案")
    for drafts in by_near.values():
        _warn_near(drafts, desk)


def _report_same(drafts: list[Draft], desk: Desk, code: str, message: str) -> None:
    for draft in drafts[1:]:
        first = drafts[0]
        row = str(first.row) if first.sheet == draft.sheet else f"{first.row}（{first.sheet}）"
        desk.fail(
            code,
            draft.sheet,
            draft.row,
            LABELS["number"],
            draft.original,
            message.format(row=row),
            "同一案件只留一行；不同案件请改正案号",
        )


def _warn_near(drafts: list[Draft], desk: Desk) -> None:
    for draft in drafts[1:]:
        if not desk.is_failed(draft):
            desk.warn(
                "near_number",
                draft.sheet,
                draft.row,
                LABELS["number"],
                draft.original,
                f"案号与第 {drafts[0].row} 行（{drafts[0].original.strip()}）只差“字、第、号”或标点",
                "确认是两件不同的案件",
            )


def _serials(desk: Desk) -> list[int]:
    """序号 as printed when all are there and distinct, else the position in the file."""
    serials = [draft.serial for draft in desk.drafts]
    if None not in serials and len(set(serials)) == len(serials):
        return cast("list[int]", serials)
    if any(serial is not None for serial in serials):
        first = desk.drafts[0]
        desk.warn(
            "serial_renumbered",
            first.sheet,
            first.row,
            LABELS["serial"],
            "",
            "序号有空缺或重复，已按表中次序重新编号",
            "不必处理；卷宗标签按新序号打印",
        )
    return list(range(1, len(serials) + 1))


def _case_row(draft: Draft, serial: int) -> CaseRow:
    values = draft.values
    number = cast("str", values["number"])
    stage, stage_label = cast("tuple[Stage | None, str]", values["stage"] or (None, ""))
    text = {
        key: cast("str", values[key] or "")
        for key in ("cause", "aid_method", "source", "regular_grade", "remarks")
    }
    return CaseRow(
        sheet=draft.sheet,
        row=draft.row,
        serial=serial,
        number=number,
        number_original=draft.original,
        key=number,
        skeleton=skeleton(number),
        kind=cast("Kind", values["kind"]),
        stage=stage,
        stage_label=stage_label,
        recipient=_joined(draft.recipients, RECIPIENT_LIMIT),
        recipient_category=_joined(draft.categories, CATEGORY_LIMIT),
        recipients_count=max(1, len(draft.recipients)),
        firm=cast("str", values["firm"]),
        handlers=cast("tuple[str, ...]", values["handlers"]),
        assigned_on=cast("date | None", values["assigned_on"]),
        closed_on=cast("date", values["closed_on"]),
        filed_on=cast("date | None", values["filed_on"]),
        subsidy=cast("Decimal | None", values["subsidy"]),
        **text,
    )


def _joined(words: list[str], limit: int) -> str:
    text = "、".join(words)
    return text if len(text) <= limit else f"{words[0][: limit - 10]}等{len(words)}项"


def _check_totals(desk: Desk, accepted: tuple[CaseRow, ...]) -> None:
    first = desk.drafts[0].sheet
    total, money = desk.declared_total, desk.declared_subsidy
    if total is not None and total != len(desk.drafts):
        desk.warn(
            "declared_total",
            first,
            0,
            "合计",
            f"{total}件",
            f"合计行写 {total} 件，实际读到 {len(desk.drafts)} 行案件",
            "查清差额后再确认导入",
        )
    paid = sum((row.subsidy for row in accepted if row.subsidy is not None), Decimal(0))
    if money is not None and money != paid and len(accepted) == len(desk.drafts):
        desk.warn(
            "declared_subsidy",
            first,
            0,
            "合计",
            str(money),
            f"合计行补贴 {money} 元，各行相加 {paid} 元",
            "不影响导入；请核对补贴",
        )
