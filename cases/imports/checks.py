"""What only shows when the whole ledger is read: duplicates, order of dates, totals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import cast

from cases.imports.desk import Desk, Draft
from cases.imports.reading import CaseRow
from cases.rules import (
    LATE_FILING_DAYS,
    Stage,
    in_window,
    is_filed_late,
    kind_of_number,
    loosen,
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
        if draft.last > draft.row:
            _note_group(draft, desk)
    if desk.options.firms is not None:
        _check_firms(desk, desk.options.firms)
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
    assigned, closed, filed = draft.assigned_on, draft.closed_on, draft.filed_on
    if closed is None:
        return
    window = desk.options.window
    if assigned is not None and closed < assigned:
        desk.fail(
            "closed_before_assigned",
            draft.spot("closed_on", closed.isoformat()),
            f"结案日期早于指派日期（{assigned}）",
            "核对两个日期后改正",
        )
    if window and not in_window(closed, window):
        desk.warn(
            "outside_window",
            draft.spot("closed_on", closed.isoformat()),
            f"结案日期不在方案时段 {window[0]} 至 {window[1]} 内",
            "不属于本年度的，请从台账删去",
        )
    if filed is not None:
        _check_filing(draft, closed, filed, desk)


def _check_filing(draft: Draft, closed: date, filed: date, desk: Desk) -> None:
    if filed < closed:
        desk.warn(
            "filed_before_closed",
            draft.spot("filed_on", filed.isoformat()),
            f"归档日期早于结案日期（{closed}）",
            "核对两个日期",
        )
    elif is_filed_late(closed, filed):
        desk.warn(
            "late_filing",
            draft.spot("filed_on", filed.isoformat()),
            f"结案后 {(filed - closed).days} 日才归档，超过 {LATE_FILING_DAYS} 日",
            "不影响导入；评分时注意逾期报送",
        )


def _check_kind(draft: Draft, desk: Desk) -> None:
    number, kind, stage = draft.number, draft.kind, draft.stage
    if number is not None and kind is not None:
        named = kind_of_number(number)
        if named is not None and named is not kind:
            desk.warn(
                "kind_mismatch",
                draft.spot("kind", kind.label),
                f"案号写的是{named.label}，类型栏填的是{kind.label}",
                "核对案件类型",
            )
    if stage is not None and stage[0] is Stage.OTHER:
        desk.warn(
            "unknown_stage",
            draft.spot("stage", stage[1]),
            "没有见过的诉讼阶段，按原文保留",
            "如果是别名，请在同义词表里对应",
        )


def _note_group(draft: Draft, desk: Desk) -> None:
    people, rows = len(draft.recipients), draft.last - draft.row + 1
    desk.cleaning.append(
        CleaningStep(
            draft.sheet,
            draft.row,
            "(纵向合并)",
            f"{draft.row}–{draft.last}行",
            draft.number or "",
            f"集体案件 {people} 名受援人占 {rows} 行，只算 1 件",
        )
    )


def _check_firms(desk: Desk, firms: frozenset[str]) -> None:
    remedies: dict[str, str] = {}
    for draft in desk.drafts:
        firm = draft.firm
        if firm is not None and firm not in firms:
            if firm not in remedies:
                remedies[firm] = _firm_remedy(firm, firms)
            at = draft.spot("firm", firm)
            desk.warn("unknown_firm", at, "机构名册里没有这个承办机构", remedies[firm])


def near_firms(firm: str, firms: Iterable[str]) -> list[str]:
    """The known firms that a name may mean."""
    stem = firm.removesuffix("律师事务所").removesuffix("律所").removesuffix("法律服务所")
    return sorted(name for name in firms if len(stem) > 1 and stem in name)


def _firm_remedy(firm: str, firms: Iterable[str]) -> str:
    near = near_firms(firm, firms)
    if near:
        return f"如果就是“{near[0]}”，请登记为同义词；确为新机构则不必处理"
    return "确为新机构则不必处理；写错的请改正"


def _check_duplicates(desk: Desk) -> None:
    """The same number, the same but for its spelling, or nearly the same."""
    by_key, again = _grouped([(d.number, d) for d in desk.drafts if d.number is not None])
    for drafts in again.values():
        _report_same(drafts, desk, "duplicate", "案号重复，与第 {row} 行是同一案号")
    for number, draft in by_key.items():
        draft.skeleton = skeleton(number)
    alike = _grouped([(draft.skeleton, draft) for draft in by_key.values()])[1]
    for drafts in alike.values():
        says = "案号与第 {row} 行只差写法，分不清是否同一案"
        _report_same(drafts, desk, "look_alike", says)
    by_near, near = _grouped([(loosen(draft.skeleton), draft) for draft in by_key.values()])
    for drafts in near.values():
        _warn_near(drafts, desk)
    _check_known(by_near, near, desk)
    _check_taken(by_key, desk)


def _grouped(
    keyed: Sequence[tuple[str, Draft]],
) -> tuple[dict[str, Draft], dict[str, list[Draft]]]:
    """The first draft of each key, and all of a key that several share: few, hence two tables."""
    firsts = dict(keyed)
    if len(firsts) == len(keyed):
        return firsts, {}
    firsts.clear()
    shared: dict[str, list[Draft]] = {}
    for key, draft in keyed:
        first = firsts.setdefault(key, draft)
        if first is not draft:
            shared.setdefault(key, [first]).append(draft)
    return firsts, shared


def _check_taken(by_key: Mapping[str, Draft], desk: Desk) -> None:
    """Numbers on the list of cases that ministry or city have evaluated (article 4)."""
    for number, where in desk.options.taken.items():
        if draft := by_key.get(number):
            desk.warn(
                "taken_above",
                draft.spot("number", draft.original),
                f"这个案号在清单里：{where}",
                "不必处理：照常导入，列为剔除，不进入抽签",
            )


def _check_known(
    firsts: Mapping[str, Draft], shared: Mapping[str, list[Draft]], desk: Desk
) -> None:
    """Numbers that stand in other years' plans, exactly or but for 字, 第, 号, punctuation."""
    for number, where in desk.options.known.items():
        key = near_skeleton(number)
        if key not in firsts:
            continue
        for draft in shared.get(key, [firsts[key]]):
            at = draft.spot("number", draft.original)
            if draft.number == number:
                told = f"这个案号已在{where}里"
                desk.warn("known_elsewhere", at, told, "确认不是重复计入后再导入")
            else:
                told = f"案号与{where}里的“{number}”只差“字、第、号”或标点"
                desk.warn("near_known", at, told, "确认不是同一案件后再导入")


def _report_same(drafts: list[Draft], desk: Desk, code: str, message: str) -> None:
    first = drafts[0]
    for draft in drafts[1:]:
        row = str(first.row) if first.sheet == draft.sheet else f"{first.row}（{first.sheet}）"
        at = draft.spot("number", draft.original)
        remedy = "同一案件只留一行；不同案件请改正案号"
        desk.fail(code, at, message.format(row=row), remedy)


def _warn_near(drafts: list[Draft], desk: Desk) -> None:
    first = f"第 {drafts[0].row} 行（{drafts[0].original.strip()}）"
    for draft in drafts[1:]:
        if not desk.is_failed(draft):
            desk.warn(
                "near_number",
                draft.spot("number", draft.original),
                f"案号与{first}只差“字、第、号”、标点或形近字（O 与 0、l 与 1）",
                "确认是两件不同的案件",
            )


def _serials(desk: Desk) -> list[int]:
    """序号 as printed when all are there and distinct, else the position in the file."""
    serials = [draft.serial for draft in desk.drafts]
    if None not in serials and len(set(serials)) == len(serials):
        return cast("list[int]", serials)
    if any(serial is not None for serial in serials):
        desk.warn(
            "serial_renumbered",
            desk.drafts[0].spot("serial", ""),
            "序号有空缺或重复，已按表中次序重新编号",
            "不必处理；卷宗标签按新序号打印",
        )
    return list(range(1, len(serials) + 1))


def _case_row(draft: Draft, serial: int) -> CaseRow:
    """The typed row of an accepted draft: what is required is there, the rest may be blank."""
    number, people = cast("str", draft.number), draft.recipients
    stage, label = draft.stage or (None, "")
    return CaseRow._make((
        draft.sheet, draft.row, serial, number, draft.original, number, draft.skeleton,
        draft.kind, stage, label, draft.cause or "", draft.aid_method or "", draft.source or "",
        _joined(people, RECIPIENT_LIMIT), _joined(draft.categories, CATEGORY_LIMIT),
        len(people) or 1, draft.firm, draft.handlers,
        draft.assigned_on, draft.closed_on, draft.filed_on, draft.subsidy,
        draft.regular_grade or "", draft.remarks or "",
    ))  # fmt: skip


def _joined(words: list[str], limit: int) -> str:
    if len(words) == 1 and len(words[0]) <= limit:
        return words[0]
    text = "、".join(words)
    return text if len(text) <= limit else f"{words[0][: limit - 10]}等{len(words)}项"


def _check_totals(desk: Desk, accepted: tuple[CaseRow, ...]) -> None:
    if not desk.drafts:
        return
    first = desk.drafts[0].sheet
    total, money = desk.declared_total, desk.declared_subsidy
    if total is not None and total != len(desk.drafts):
        desk.warn(
            "declared_total",
            (first, 0, "合计", f"{total}件"),
            f"合计行写 {total} 件，实际读到 {len(desk.drafts)} 行案件",
            "查清差额后再确认导入",
        )
    if money is None or len(accepted) < len(desk.drafts):
        return
    paid = sum((row.subsidy for row in accepted if row.subsidy is not None), Decimal(0))
    if money != paid:
        desk.warn(
            "declared_subsidy",
            (first, 0, "合计", str(money)),
            f"合计行补贴 {money} 元，各行相加 {paid} 元",
            "不影响导入；请核对补贴",
        )
