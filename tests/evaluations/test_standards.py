"""评分标准: import all or nothing, versions, adoption, lock (article 6.1)."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from evaluations.actions import marking
from evaluations.actions.standards import adopt_standard, import_standard
from evaluations.models import DeductionReason, GradeBand, Item, Plan, ScoringStandard
from evaluations.queries.standards import load_standard, standard_page
from tests.evaluations.marking_year import YEAR, matched_hall, open_hall, signed_in
from wanzhou_eval.errors import RefusedError

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parents[2] / "fixtures" / "2022" / "2022年评分标准.xlsx"


def workbook(change: Any = None) -> bytes:
    book = openpyxl.load_workbook(FILE)
    if change:
        change(book)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_the_2022_standard_comes_in_whole() -> None:
    standard = import_standard(FILE.read_bytes(), name="2022年评分标准", basis="办法", by=None)
    assert str(standard) == "2022年评分标准（第1版）"
    values = load_standard(standard)
    counts = {
        scope: (sum(not i.veto for i in v.items), sum(i.veto for i in v.items), sum(
            (i.full_marks for i in v.items), Decimal(0)))
        for scope, v in values.items()
    }  # fmt: skip
    assert counts == {
        "刑事-侦查": (25, 5, Decimal(100)),
        "刑事-审查起诉": (26, 5, Decimal(100)),
        "刑事-审判": (26, 6, Decimal(100)),
        "民事": (28, 5, Decimal(100)),
        "行政": (24, 5, Decimal(100)),
    }
    bands = [(band.name, band.floor, band.failing) for band in values["民事"].bands]
    assert bands == [
        ("优良", Decimal(80), False), ("合格", Decimal(60), False), ("不合格", Decimal(0), True),
    ]  # fmt: skip
    first = values["民事"].items[0]
    assert (first.number, first.title) == ("A1", "委托协议与授权")
    assert [(r.key, r.text, r.low, r.high, r.other) for r in first.reasons] == [
        (1, "权限不明", Decimal(1), Decimal(1), False),
        (2, "缺件（每件）", Decimal(2), Decimal(3), False),
        (3, "其他（写明理由）", Decimal("0.5"), Decimal(3), True),
    ]


def test_same_file_twice_is_refused_and_a_change_is_the_next_version() -> None:
    import_standard(FILE.read_bytes(), name="标准", basis="", by=None)
    with pytest.raises(RefusedError, match="已经导入为“标准（第1版）”"):
        import_standard(FILE.read_bytes(), name="标准", basis="", by=None)
    again = import_standard(workbook(), name="标准", basis="", by=None)
    assert again.version == 2
    assert ScoringStandard.objects.count() == 2


def _no_bands(book: Any) -> None:
    del book["等次"]


def _no_marks(book: Any) -> None:
    book.worksheets[0]["E2"] = "很多"


def _gap(book: Any) -> None:
    book["等次"]["B4"] = 10


def _same_letter(book: Any) -> None:
    for row in book.worksheets[0].iter_rows(min_row=2):
        if row[6].value == "是":
            row[1].value = "A 一票否决"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_no_bands, "没有找到等次表"),
        (_no_marks, "第一处在“评分标准”第2行分值"),
        (_gap, "没有导入"),
        (_same_letter, "编号相同的项目"),
    ],
)
def test_faulty_file_saves_nothing(change: Any, sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence) as refused:
        import_standard(workbook(change), name="标准", basis="", by=None)
    assert refused.value.status == 422
    assert not ScoringStandard.objects.exists()
    assert not Item.objects.exists()


def test_only_the_bureau_keeps_standards() -> None:
    hall = matched_hall(cases=1)
    for user in (hall.leader, *(u for name, u in hall.staff.items() if name != "bureau")):
        with pytest.raises(RefusedError, match="由公共法律服务科") as refused:
            import_standard(FILE.read_bytes(), name="标准", basis="", by=user)
        assert refused.value.status == 403
        with pytest.raises(RefusedError, match="由公共法律服务科"):
            adopt_standard(hall.plan, standard=hall.standard, by=user)


def test_adoption_ends_when_marking_opens() -> None:
    hall = matched_hall(cases=1)
    with pytest.raises(RefusedError, match="已经选用“短标准（第1版）”"):
        adopt_standard(hall.plan, standard=hall.standard, by=hall.bureau)
    other = import_standard(FILE.read_bytes(), name="标准", basis="", by=hall.bureau)
    adopt_standard(hall.plan, standard=other, by=hall.bureau)
    assert Plan.objects.get().standard == other
    marking.open_marking(hall.plan, by=hall.bureau)
    with pytest.raises(RefusedError, match="现在是“评分中”阶段"):
        adopt_standard(hall.plan, standard=hall.standard, by=hall.bureau)


def test_standard_without_sound_grades_is_not_adopted() -> None:
    hall = matched_hall(cases=1)
    bare = ScoringStandard.objects.create(name="无等次", version=1)
    with pytest.raises(RefusedError, match="不能选用：最低等次的下限应为 0") as refused:
        adopt_standard(hall.plan, standard=bare, by=hall.bureau)
    assert refused.value.status == 422


@pytest.mark.parametrize("model", [Item, GradeBand, DeductionReason, ScoringStandard])
def test_standard_in_use_keeps_its_wording(model: Any) -> None:
    open_hall(cases=1)
    table = model._meta.db_table
    for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(Exception, match="已用于评分|foreign key"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sql)


def test_pages_of_standards() -> None:
    hall = matched_hall(cases=1)
    client = signed_in(hall.bureau)
    upload = SimpleUploadedFile("标准.xlsx", FILE.read_bytes())
    answer = client.post(
        f"/y/{YEAR}/plan/items/import/", {"file": upload, "name": "2022年评分标准", "basis": "办法"}
    )
    standard = ScoringStandard.objects.get(name="2022年评分标准")
    assert answer["Location"] == f"/y/{YEAR}/plan/items/{standard.pk}/"
    page = client.get(answer["Location"]).content.decode()
    for text in ("取证主动性", "关键证据未收集", "民事", "一票否决", "选用这一版", "优良"):
        assert text in page
    assert client.post(f"{answer['Location']}adopt/").status_code == 302
    assert Plan.objects.get().standard == standard
    assert client.post(f"{answer['Location']}adopt/").status_code == 409
    assert "选用这一版" not in client.get(answer["Location"]).content.decode()
    assert signed_in(hall.leader).get(answer["Location"]).status_code == 200
    assert signed_in(hall.leader).get(f"/y/{YEAR}/plan/items/import/").status_code == 403
    assert client.get(f"/y/{YEAR}/plan/items/9999/").status_code == 404
    assert standard_page(standard.pk).plans == [Plan.objects.get()]


def test_empty_upload_is_told_at_the_field() -> None:
    hall = matched_hall(cases=1)
    empty = SimpleUploadedFile("标准.xlsx", b"")
    answer = signed_in(hall.bureau).post(
        f"/y/{YEAR}/plan/items/import/", {"file": empty, "name": "标准"}
    )
    assert answer.status_code == 422
    assert "这个文件是空的" in answer.content.decode()
