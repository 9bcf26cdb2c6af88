"""办结案件台账: a workbook → typed rows, or the full list of what stands in the way."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from cases.imports.cells import Options
from cases.imports.checks import check_rows
from cases.imports.desk import Desk
from cases.imports.fields import DROPPED, LABELS
from cases.imports.mapping import CONTENTS, LEAST_COLUMNS, Table, Told, describe, table_of
from cases.imports.reading import LedgerReading, count_rows, row_list, totals_of
from cases.imports.rows import Body, RowIs, body_of, declared, filled, row_is
from cases.rules import parse_date
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.headers import Header
from wanzhou_eval.tables import CleaningStep, SkippedRow, blank_runs, text_of
from wanzhou_eval.texts import clean_text, squeeze, visible
from wanzhou_eval.workbooks import Cell, Row, Sheet, Workbook, column_letter

_DAY = re.compile(r"\d{4}(?:年\d{1,2}月\d{1,2}日|[-./]\d{1,2}[-./]\d{1,2})")
NOT_MEANT = "如果不应计入，请删去后重新上传"
NOT_WANTED = "指定不读这个工作表"
UNMAPPED = frozenset({"no_header", "missing_column"})
PARTS = frozenset({RowIs.MERGED, RowIs.CONTINUED})


def read_ledger(workbook: Workbook, *, options: Options, told: Told | None = None) -> LedgerReading:
    """Read all sheets of a ledger together.

    `told` says by sheet name where the table is and what its columns hold. Raises
    RefusedError (422) when no sheet is wide enough for a ledger or none has a case; a
    required column that nobody has named yet is an error like every other finding.
    """
    if told is None and all(sheet.width < LEAST_COLUMNS for sheet in workbook.sheets):
        raise RefusedError(_no_table(workbook), status=422)
    desk = Desk(replace(options, date1904=workbook.date1904 or options.date1904))
    tables = [
        table_of(sheet, told=(told or {}).get(sheet.name), words=options.words)
        for sheet in workbook.sheets
    ]
    lost = not any(table.header for table in tables)
    for table in tables:
        if table.header is None:
            _pass_over(table, desk, lost=lost)
        elif table.missing:
            _ask(table, desk)
        else:
            _read_sheet(table.sheet, table.header, desk)
            _tell_guesses(table, table.header, desk)
    if not desk.drafts and not desk.findings:
        raise RefusedError("表头下面没有一行案件：请确认导出的台账里有数据。", status=422)
    return _reading(workbook, tables, desk)


def _reading(workbook: Workbook, tables: Sequence[Table], desk: Desk) -> LedgerReading:
    accepted = check_rows(desk)
    order = {sheet.name: position for position, sheet in enumerate(workbook.sheets)}
    return LedgerReading(
        rows=accepted,
        findings=tuple(sorted(desk.findings, key=lambda f: (f.level, f.code, f.row))),
        cleaning=tuple(sorted(desk.cleaning, key=lambda c: (order[c.sheet], c.row))),
        skipped=tuple(sorted(desk.skipped, key=lambda s: (order[s.sheet], s.row))),
        columns=tuple(describe(table) for table in tables),
        sheets=count_rows(tables, drafts=desk.drafts, accepted=accepted, skipped=desk.skipped),
        mapping={table.sheet.name: table.mapping for table in tables},
        unmapped=any(found.code in UNMAPPED for found in desk.findings),
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


def _no_table(workbook: Workbook) -> str:
    names = "、".join(f"“{sheet.name}”" for sheet in workbook.sheets[:5])
    required = "、".join(LABELS[key] for key in ("number", "kind", "firm", "handlers", "closed_on"))
    return (
        f"工作表{names}里没有找到台账的表头（需要有这些列：{required}）。"
        "请确认选对了文件，或者补上表头后重新上传。"
    )


def _pass_over(table: Table, desk: Desk, *, lost: bool) -> None:
    """A sheet that is not read: by order, or because it looks like no ledger."""
    sheet = table.sheet
    reason = NOT_WANTED if table.unwanted else "工作表没有台账表头，整表未读"
    desk.skipped.extend(SkippedRow(sheet.name, row.number, reason) for row in sheet.rows)
    if table.unwanted or not sheet.rows:
        return
    at = (sheet.name, table.mapping.first or sheet.rows[0].number, "(整表)", sheet.name)
    if lost:
        remedy = "在“列对应”里指定表头行和必需的列；如果选错了文件，请放弃这次上传"
        desk.fail("no_header", at, "没有认出台账的表头", remedy)
    else:
        told = "这个工作表没有台账的表头，没有读取"
        desk.warn("sheet_skipped", at, told, "如果里面有案件，请在“列对应”里指定它的表头行和列")


def _ask(table: Table, desk: Desk) -> None:
    """Required columns that nobody has named yet: one error each, no row is read."""
    sheet, at = table.sheet, (table.sheet.name, table.mapping.last)
    desk.skipped.extend(
        SkippedRow(sheet.name, row.number, "列没有对应好，没有读取") for row in sheet.rows
    )
    for label in table.missing:
        desk.fail(
            "missing_column",
            (*at, label, "（没有这一列）"),
            f"表头里没有找到必需的列“{label}”",
            "在“列对应”里指定是哪一列；文件里确实没有的，补上后重新上传",
        )


def _tell_guesses(table: Table, header: Header, desk: Desk) -> None:
    for key, how in table.mapping.how.items():
        if how == CONTENTS and key in header.columns:
            index = header.columns[key]
            desk.warn(
                "column_by_contents",
                (table.sheet.name, header.last, LABELS[key], f"{column_letter(index)}列"),
                f"表头“{squeeze(header.labels[index])}”不认识，按内容认作“{LABELS[key]}”",
                "在“列对应”里核对，不对就改",
            )


def _read_sheet(sheet: Sheet, header: Header, desk: Desk) -> None:
    _before(sheet, header, desk)
    body = body_of(sheet, header)
    if sheet.hidden:
        at = (sheet.name, header.first, "(整表)", sheet.name)
        desk.warn("hidden_sheet", at, "这是隐藏的工作表，已一并读取", NOT_MEANT)
    _read_rows(body, desk)
    _uncalculated(body, desk)
    _tell_hidden(sheet, header, desk)
    if sheet.rows:
        last = sheet.rows[-1].number
        desk.skipped.extend(blank_runs(sheet, after=header.last, before=last))


def _read_rows(body: Body, desk: Desk) -> None:
    """Sort the rows below the header; the cases are read together, column by column."""
    tops = {row.number: row for row in body.sheet.rows} if body.fills else {}
    cases: list[tuple[int, Sequence[Cell]]] = []
    read: list[Row] = []
    parts: list[tuple[int, Row, bool]] = []
    for row in body.sheet.rows:
        if row.number <= body.header.last:
            continue
        what = row_is(row, body)
        if what is RowIs.CASE:
            cases.append((row.number, filled(row, body, tops)))
        elif what in PARTS and cases:
            parts.append((len(cases) - 1, row, what is RowIs.MERGED))
        else:
            _skip(row, what, body, desk)
            continue
        read.append(row)
    drafts = desk.take(cases, body)
    for place, row, merged in parts:
        desk.join_group(drafts[place], row, body, merged=merged)
    desk.note_identities(read, body)


def _tell_hidden(sheet: Sheet, header: Header, desk: Desk) -> None:
    rows = [row.number for row in sheet.rows if row.hidden and row.number > header.last]
    if rows:
        desk.warn(
            "hidden_rows",
            (sheet.name, rows[0], "(整行)", f"第{row_list(rows)}行"),
            f"隐藏行 {len(rows)} 行也已读入",
            NOT_MEANT,
        )


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
            step = CleaningStep(*place, column, visible(name), squeeze(name), "表头内有换行")
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
