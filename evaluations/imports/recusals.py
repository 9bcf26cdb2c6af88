"""回避名单: a workbook with 专家, 关系, 对象, 说明 → typed rows or the full list of findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from experts.models import Recusal
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.headers import Field, Header, find_header
from wanzhou_eval.tables import Finding, Level, text_of
from wanzhou_eval.texts import clean_text, is_blank, squeeze
from wanzhou_eval.workbooks import Cell, Row, Sheet, Workbook

FIELDS = (
    Field("expert", "专家", ("专家姓名", "姓名", "评估专家", "回避专家"), required=True),
    Field("reason", "关系", ("回避关系", "回避原因", "原因", "回避事由", "事由"), required=True),
    Field(
        "target",
        "对象",
        ("回避对象", "机构", "承办机构", "承办人", "案号", "对象名称"),
        required=True,
    ),
    Field("left_on", "离开日期", ("离职日期", "离所日期", "离开时间")),
    Field("explanation", "说明", ("备注", "具体情况", "情况说明")),
)
LABELS = {one.key: one.label for one in FIELDS}
WORDS = {
    "亲属": Recusal.Reason.KIN,
    "配偶": Recusal.Reason.KIN,
    "对方代理": Recusal.Reason.OPPOSING,
    "对方律师": Recusal.Reason.OPPOSING,
    "顾问": Recusal.Reason.ADVISER,
    "曾在": Recusal.Reason.FORMER_FIRM,
    "曾执业": Recusal.Reason.FORMER_FIRM,
    "曾任职": Recusal.Reason.FORMER_FIRM,
    "原单位": Recusal.Reason.FORMER_FIRM,
    "原执业": Recusal.Reason.FORMER_FIRM,
    "其他": Recusal.Reason.DECLARED,
    "本人申报": Recusal.Reason.DECLARED,
}
MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class RecusalRow:
    """One line as typed; who and what are meant is looked up later."""

    sheet: str
    row: int
    expert: str
    reason: str
    target: str
    explanation: str
    left_on: date | None


@dataclass(frozen=True, slots=True)
class RecusalReading:
    """The list as understood, and everything that is wrong with its shape."""

    rows: tuple[RecusalRow, ...]
    findings: tuple[Finding, ...]
    sha256: str


def read_recusals(workbook: Workbook) -> RecusalReading:
    """Read a recusal list. Raises `RefusedError` (422) without header, rows, or with too many."""
    rows: list[RecusalRow] = []
    findings: list[Finding] = []
    headed = False
    for sheet in workbook.sheets:
        header = find_header(sheet, FIELDS, least=3)
        if header is None or header.missing(FIELDS):
            continue
        headed = True
        for row in sheet.rows:
            if row.number > header.last:
                take(row, sheet, header, rows=rows, findings=findings)
    if not headed:
        raise RefusedError(
            "没有找到表头（需要专家、关系、对象）。请补上表头后重新上传。", status=422
        )
    if not rows and not findings:
        raise RefusedError("表头下面没有回避关系。请填好后重新上传。", status=422)
    if len(rows) > MOST_ROWS:
        raise RefusedError(f"一次最多导入{MOST_ROWS}行，请分开上传。", status=422)
    return RecusalReading(tuple(rows), tuple(findings), workbook.sha256)


def take(
    row: Row, sheet: Sheet, header: Header, *, rows: list[RecusalRow], findings: list[Finding]
) -> None:
    """Read one row into `rows`, or say in `findings` what is wrong with it."""
    raw: Mapping[str, Cell] = {key: row.cells[index] for key, index in header.columns.items()}
    texts = {one.key: clean_text(text_of(raw.get(one.key))) for one in FIELDS}
    if all(is_blank(text) for text in texts.values()):
        return
    reason, (left_on, bad_date) = reason_of(texts["reason"]), date_of(raw.get("left_on"))
    problems = problems_of(texts, reason=reason, bad_date=bad_date)
    findings += [
        Finding(Level.ERROR, f"bad_{key}", sheet.name, row.number, LABELS[key], found[:80], *says)
        for key, found, *says in problems
    ]
    if not problems:
        expert, target, explanation = texts["expert"], texts["target"], texts["explanation"]
        rows.append(
            RecusalRow(sheet.name, row.number, expert, reason, target, explanation, left_on)
        )


def problems_of(
    texts: Mapping[str, str], *, reason: str, bad_date: str
) -> list[tuple[str, str, str, str]]:
    """What is wrong with a row: column, what stands there, problem, remedy."""
    problems = [
        (key, "（空）", f"缺少{LABELS[key]}，请补填", "补填后重新上传")
        for key in ("expert", "reason", "target")
        if is_blank(texts[key])
    ]
    if not reason and not is_blank(texts["reason"]):
        known = "、".join(label for value, label in Recusal.Reason.choices if value != "found")
        problems.append(("reason", texts["reason"], f"看不懂是什么关系，请填：{known}", "改写"))
    if len(texts["explanation"]) > 200:
        problems.append(("explanation", texts["explanation"], "说明超过200字，请删短", "删短"))
    if bad_date:
        problems.append(("left_on", bad_date, "不是日期，请写成2021-06-30", "改写"))
    return problems


def reason_of(text: str) -> str:
    """The ground that a word means; empty when it means none."""
    plain = squeeze(text)
    for value, label in Recusal.Reason.choices:
        if plain == label and value != Recusal.Reason.FOUND:
            return value
    return next((value.value for word, value in WORDS.items() if word in plain), "")


def date_of(cell: Cell) -> tuple[date | None, str]:
    """A date, or what stands there instead of one."""
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day), ""
    text = squeeze(text_of(cell))
    if is_blank(text):
        return None, ""
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-")
    parts = plain.replace(".", "-").split("-")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts):
        try:
            return date(int(parts[0]), int(parts[1]), int(parts[2])), ""
        except ValueError:
            return None, text
    return None, text
