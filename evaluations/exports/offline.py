"""离线评分表 as a workbook: one tab per sheet, to be filled in where there is no network."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from evaluations.imports.offline import (
    ABOUT,
    CODE,
    COLUMNS,
    COMMENT,
    LEVEL_COLUMNS,
    NOTE,
    OVERALL,
    PAGES,
    REASONS,
    STANDARD,
    STATES,
    fingerprint,
)
from evaluations.queries.offline import SavedRow, SavedSheet, standard_sign
from evaluations.rules.paper import sheet_code
from evaluations.rules.standards import Reason, plain
from wanzhou_eval.workbooks.writing import BookWriter

STATE_WORDS = {state: word for word, state in STATES.items()}
WIDTHS = (8, 26, 6, 8, 10, 12, 10, 30, 60, 8)
TOLD = (
    "一张工作表是一件案件的评分表，工作表的名字是卷宗号：先与卷宗封面编号核对，再填。",
    "空白是没有评，不扣分填 0；扣分要填情形的数字键（可多个，如 1、3）和卷宗页码。",
    "评等次的填 3（好）、2（一般）或 1（差），评 1 要有情形或说明，并填页码；总体判断填 5 到 1。",
    "不适用、无法评价、（否决项）成立写在“记载”一列，并在“说明”写明原因或事实。",
    "只填扣分或等次、情形、卷宗页码、记载、说明、总体判断和总体意见；别的格子、工作表名不要改。",
    "填好后在“离线评分”页上传。有一处不对，整个文件都不写入；上传不会封存，封存在网上逐件办理。",
    "文件里有你的评分，不要转发；上传以后请从电脑上删掉。",
)


def offline_book(sheets: Sequence[SavedSheet]) -> bytes:
    """The workbook as bytes; the same entries give the same bytes."""
    target = BytesIO()
    with BookWriter(target) as book:
        book.add_sheet(ABOUT, [(line,) for line in TOLD], widths=[110])
        for saved in sheets:
            name = f"{saved.sheet.drawn_case.case.serial:04d}"
            book.add_sheet(name, _lines(saved), widths=WIDTHS, text_columns={REASONS, PAGES, NOTE})
    return target.getvalue()


def _lines(saved: SavedSheet) -> Iterator[Sequence[object]]:
    sheet = saved.sheet
    case, year = sheet.drawn_case.case, sheet.drawn_case.draw.plan.year
    yield ("卷宗号", f"{case.serial:04d}", "", "请与卷宗封面编号核对")
    yield (CODE, sheet_code(year, sheet.pk), "案号", case.number)
    yield (STANDARD, str(sheet.standard), "标记", standard_sign(sheet))
    yield (COMMENT, sheet.comment, "标记", fingerprint(sheet.comment))
    if sheet.standard.by_level:
        kept = "" if sheet.overall is None else str(sheet.overall)
        yield (OVERALL, kept, "标记", fingerprint(kept), "5 最好，1 最差")
    yield LEVEL_COLUMNS if sheet.standard.by_level else COLUMNS
    for row in saved.rows:
        yield _line(row)


def _line(row: SavedRow) -> Sequence[object]:
    mark = row.mark
    return (
        row.item.number,
        row.item.title,
        "否决" if row.item.veto else "3—1" if row.item.by_level else row.item.full_marks,
        mark.level if row.item.by_level else mark.deduction,
        "、".join(str(key) for key in mark.reasons),
        mark.pages,
        STATE_WORDS[mark.state],
        mark.note,
        "；".join(_reason(reason) for reason in row.value.reasons),
        row.version,
    )


def _reason(reason: Reason) -> str:
    if not reason.high:
        return f"{reason.key} {reason.text}"
    amount = plain(reason.low) if reason.fixed else f"{plain(reason.low)}—{plain(reason.high)}"
    return f"{reason.key} {reason.text} 扣{amount}"
