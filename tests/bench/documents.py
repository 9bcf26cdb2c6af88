"""P12: the score sheets of a year as Word documents in one ZIP."""

import io
import zipfile
from collections.abc import Callable, Iterator

from evaluations.exports.packs import score_files, write_pack
from evaluations.models import ScoreSheet
from evaluations.queries.documents import template_in_force
from evaluations.rules.documents import DocumentKind
from tests.bench.measure import Row, compare, row
from wanzhou_eval.readers import verifying


def pack() -> Iterator[Row]:
    """Every sheet of the year from the database to the ZIP / as many copies of one XML part."""
    sheets = ScoreSheet.objects.filter(drawn_case__draw__plan__year=2022).with_case()
    count = sheets.count()
    with verifying():  # nothing of a sheet is hidden
        pair = compare(packed(), copied(count), rounds=3, times=1)
    yield row(f"P12 {count} 份评分表成 Word 文书包", pair, goal=7)


def packed() -> Callable[[], None]:
    """What a pack does, without asking whether the cases are graded."""

    def made() -> None:
        sheets = list(ScoreSheet.objects.filter(drawn_case__draw__plan__year=2022).with_case())
        data = write_pack(score_files(sheets), total=len(sheets), watch=lambda done, total: None)
        assert len(data) > 1000 * len(sheets)

    return made


def copied(count: int) -> Callable[[], None]:
    """The parts of the template as they are, with the longest part of a filled document."""
    data = template_in_force(DocumentKind.SCORE_SHEET).data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = ScoreSheet.objects.filter(drawn_case__draw__plan__year=2022).with_case()[:1]
    (_, filled), *_ = score_files(sheet)
    with zipfile.ZipFile(io.BytesIO(filled)) as package:
        parts["word/document.xml"] = package.read("word/document.xml")

    def made() -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as outer:
            for number in range(count):
                inner = io.BytesIO()
                with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as package:
                    for name, part in parts.items():
                        package.writestr(name, part)
                outer.writestr(f"{number}.docx", inner.getvalue())

    return made
