"""办结案件台账: a workbook → typed rows, or the full list of what stands in the way."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from cases.imports.cells import Options
from cases.imports.checks import check_rows
from cases.imports.desk import Desk, Draft
from cases.imports.fields import DROPPED, LABELS, describe, locate, missing_columns
from cases.imports.reading import LedgerReading, totals_of
from cases.imports.rows import Body, RowIs, body_of, declared, filled, row_is
from cases.rules import parse_date
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.tables import (
    CleaningStep,
    Header,
    SkippedRow,
    blank_runs,
    text_of,
)
from wanzhou_eval.texts import clean_text, squeeze
from wanzhou_eval.workbooks import Row, Sheet, Workbook, column_letter

_DAY = re.compile(r"\d{4}(?:年\d{1,2}月\d{1,2}日|[-./]\d{1,2}[-./]\d{1,2})")
NOT_MEANT = "如果不应计入，请删去后重新上传"
PARTS = frozenset({RowIs.MERGED, RowIs.CONTINUED})


def read_ledger(
    workbook: Workbook,
    *,
    options: Options,
    told: Mapping[str, Mapping[str, str]] | None = None,
) -> LedgerReading:
    """Read all sheets of a ledger together.

    `told` corrects the columns: sheet name → field key → letter ("" = none). Raises
    RefusedError (422) when no sheet holds a ledger or a required column is missing;
    everything else is a finding with its row.
    """
    desk = Desk(options)
    tables = [(sheet, _header(sheet, (told or {}).get(sheet.name))) for sheet in workbook.sheets]
    if not any(header for _, header in tables):
        raise RefusedError(_no_table(workbook), status=422)
    for sheet, header in tables:
        if header is None:
            _pass_over(sheet, desk)
        else:
            _read_sheet(sheet, header, desk)
    if not desk.drafts:
        raise RefusedError("表头下面没有一行案件：请确认导出的台账里有数据。", status=422)
    return _reading(workbook, tables, desk)


def _reading(
    workbook: Workbook, tables: Sequence[tuple[Sheet, Header | None]], desk: Desk
) -> LedgerReading:
    accepted = check_rows(desk)
    order = {sheet.name: position for position, sheet in enumerate(workbook.sheets)}
    return LedgerReading(
        rows=accepted,
        findings=tuple(sorted(desk.findings, key=lambda f: (f.level, f.code, f.row))),
        cleaning=tuple(sorted(desk.cleaning, key=lambda c: (order[c.sheet], c.row))),
        skipped=tuple(sorted(desk.skipped, key=lambda s: (order[s.sheet], s.row))),
        columns=tuple(describe(sheet, header) for sheet, header in tables),
        totals=totals_of(accepted),
        sha256=workbook.sha256,
        kind=workbook.kind,
        declared_total=desk.declared_total,
        declared_subsidy=desk.declared_subsidy,
        period=desk.period,
        data_rows=len(desk.drafts),
        rejected=len(desk.drafts) - len(accepted),
        dropped=tuple(dict.fromkeys(desk.dropped)),
    )


def _header(sheet: Sheet, told: Mapping[str, str] | None) -> Header | None:
    header = locate(sheet, told)
    if header is None or "number" not in header.columns:
        return None
    missing = missing_columns(sheet, header)
    if len(missing) > 2 and not told:
        return None
    if missing:
        names = "、".join(missing)
        raise RefusedError(
            f"工作表“{sheet.name}”第 {header.last} 行的表头里没有找到必需的列：{names}。"
            "请在列对应里指定它们，或者补上表头后重新上传。",
            status=422,
        )
    return header


def _no_table(workbook: Workbook) -> str:
    names = "、".join(f"“{sheet.name}”" for sheet in workbook.sheets[:5])
    required = "、".join(LABELS[key] for key in ("number", "kind", "firm", "handlers", "closed_on"))
    return (
        f"工作表{names}里没有找到台账的表头（需要有这些列：{required}）。"
        "请确认选对了文件，或者补上表头后重新上传。"
    )


def _pass_over(sheet: Sheet, desk: Desk) -> None:
    for row in sheet.rows:
        desk.skipped.append(SkippedRow(sheet.name, row.number, "工作表没有台账表头，整表未读"))
    if sheet.rows:
        desk.warn(
            "sheet_skipped",
            (sheet.name, sheet.rows[0].number, "(整表)", sheet.name),
            "这个工作表没有台账的表头，没有读取",
            "如果里面有案件，请补上表头后重新上传",
        )


def _read_sheet(sheet: Sheet, header: Header, desk: Desk) -> None:
    _before(sheet, header, desk)
    body = body_of(sheet, header)
    tops = {row.number: row for row in sheet.rows} if body.fills else {}
    if sheet.hidden:
        at = (sheet.name, header.first, "(整表)", sheet.name)
        desk.warn("hidden_sheet", at, "这是隐藏的工作表，已一并读取", NOT_MEANT)
    group: Draft | None = None
    for row in sheet.rows:
        if row.number <= header.last:
            continue
        what = row_is(row, body)
        if what is RowIs.CASE:
            group = desk.take(row, filled(row, body, tops), body)
            if row.hidden:
                at = (sheet.name, row.number, "(整行)", "隐藏行")
                desk.warn("hidden_row", at, "这一行在表中是隐藏的，已照常读取", NOT_MEANT)
        elif what in PARTS and group is not None:
            desk.join_group(group, row, body, merged=what is RowIs.MERGED)
        else:
            _skip(row, what, body, desk)
    _uncalculated(body, desk)
    if sheet.rows:
        last = sheet.rows[-1].number
        desk.skipped.extend(blank_runs(sheet, after=header.last, before=last))


def _skip(row: Row, what: RowIs, body: Body, desk: Desk) -> None:
    reason = RowIs.NOTE.value if what in PARTS else what.value
    desk.skipped.append(SkippedRow(body.sheet.name, row.number, reason))
    if what is RowIs.TOTAL:
        count, money = declared(row, body.header)
        if count is not None:
            desk.declared_total = (desk.declared_total or 0) + count
        if money is not None:
            desk.declared_subsidy = (desk.declared_subsidy or Decimal(0)) + money


def _before(sheet: Sheet, header: Header, desk: Desk) -> None:
    """Title lines, the header's own odd spellings, and the columns never stored."""
    for row in sheet.rows:
        if row.number >= header.first:
            break
        text = clean_text("".join(text_of(cell) for cell in row.cells))
        dated = any(word in text for word in ("期间", "单位：", "单位:", "日期"))
        reason = "统计期间/单位行" if dated else "标题行"
        desk.skipped.append(SkippedRow(sheet.name, row.number, reason))
        desk.period = desk.period or _period(text)
    place = (sheet.name, header.last)
    for key, index in header.columns.items():
        name = header.labels[index]
        if key in DROPPED:
            desk.dropped.append(squeeze(name))
        if "\n" in name or "\r" in name:
            column = column_letter(index) + "列表头"
            step = CleaningStep(*place, column, name, squeeze(name), "表头内有换行")
            desk.cleaning.append(step)
    if "kind" not in header.columns:
        step = CleaningStep(*place, LABELS["kind"], "（无此列）", sheet.name, "取自工作表名")
        desk.cleaning.append(step)


def _period(text: str) -> tuple[date, date] | None:
    days = [parse_date(found).value for found in _DAY.findall(text)]
    if len(days) >= 2 and days[0] and days[1] and days[0] <= days[1] and "期间" in text:
        return days[0], days[1]
    return None


def _uncalculated(body: Body, desk: Desk) -> None:
    keys = {index: key for key, index in body.header.columns.items() if key not in DROPPED}
    for row, column in body.sheet.uncalculated:
        if row > body.header.last and column in keys:
            desk.fail(
                "formula_without_value",
                (body.sheet.name, row, LABELS[keys[column]], "公式"),
                "公式没有保存计算结果，读不到值",
                "在 Excel 中打开并保存一次，再重新上传",
            )
