"""卷宗交接 on paper: the list of files as filtered, the pull list, and labels with barcodes."""

from dataclasses import dataclass

from evaluations.models import Plan
from evaluations.queries.custody import Custody, CustodyFilter, FileRow
from evaluations.rules.custody import label_code
from wanzhou_eval.spreadsheets import Table

LABELS_PER_SHEET = 24
HEADERS = ("架序", "卷宗号", "案号", "案件类型", "小组", "现在", "从何时起", "登记人", "说明")
PULL_HEADERS = (
    "架序",
    "卷宗号",
    "案号",
    "案件类型",
    "归档日期",
    "小组",
    "调出签名",
    "调出日期",
    "归还签名",
    "归还日期",
)


@dataclass(frozen=True)
class Label:
    """One label: 卷宗号 large, year, 案号 and the code of the barcode; never a name."""

    year: int
    serial: str
    number: str
    code: str

    @property
    def spoken(self) -> str:
        """The code in its three parts, as it stands below the bars."""
        return f"{self.code[:4]} {self.code[4:11]} {self.code[11]}"


def custody_table(plan: Plan, page: Custody, asked: CustodyFilter) -> Table:
    """Where every file is, as filtered; names who holds it."""
    rows = (
        (
            place,
            row.label,
            row.case.number,
            row.case.get_kind_display(),
            row.panel,
            row.standing.words,
            row.standing.since,
            row.standing.by,
            "" if row.drawn else "已不在评估案件中，须还回",
        )
        for place, row in enumerate(page.shown, start=1)
    )
    title = f"{plan.year}年度卷宗交接"
    return Table(title, HEADERS, rows, filters=asked.chosen(), year=plan.year, personal=True)


def pull_table(plan: Plan, files: list[FileRow], asked: CustodyFilter) -> Table:
    """调卷单 in the order of the shelf, with columns to sign in."""
    rows = (
        (
            place,
            row.label,
            row.case.number,
            row.case.get_kind_display(),
            row.case.filed_on,
            row.panel,
            *[""] * 4,
        )
        for place, row in enumerate(files, start=1)
    )
    return Table(
        f"{plan.year}年度调卷单", PULL_HEADERS, rows, filters=asked.chosen(), year=plan.year
    )


def label_sheets(plan: Plan, files: list[FileRow], *, first: int = 1) -> list[list[Label | None]]:
    """Labels in sheets of 24; `first` skips the places already used on the first sheet."""
    labels: list[Label | None] = [None] * (first - 1)
    labels += [_label(plan.year, row) for row in files]
    sheets = range(0, len(labels), LABELS_PER_SHEET) if files else ()
    return [labels[start : start + LABELS_PER_SHEET] for start in sheets]


def _label(year: int, row: FileRow) -> Label:
    return Label(year, row.label, row.case.number, label_code(year, row.case.serial))
