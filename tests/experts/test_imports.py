"""专家库: the real pool to the row, and pools with faults."""

from collections import Counter
from datetime import date

import pytest

from experts.imports import ExpertRow, PoolReading, read_pool
from tests.workbook_samples import POOL, xlsx
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks import read_workbook

HEADER = [
    "姓名",
    "工作单位",
    "专业领域",
    "是否本地",
    "来源",
    "执业年限",
    "联系电话",
    "可任组长",
    "备注",
]
SOUND = ["甲某", "重庆某律师事务所", "刑事", "是", "社会", 10, "13800000000", "否", None]


def read(*rows: list[object]) -> PoolReading:
    return read_pool(read_workbook(xlsx([HEADER, *rows])))


@pytest.fixture(scope="module")
def pool() -> PoolReading:
    return read_pool(read_workbook(POOL.read_bytes()))


def test_the_real_pool(pool: PoolReading) -> None:
    assert (len(pool.rows), pool.findings, pool.skipped) == (26, (), ())
    assert Counter(row.source for row in pool.rows) == {"society": 23, "public": 3}
    assert sum(row.is_local for row in pool.rows) == 19
    assert Counter(row.specialties for row in pool.rows) == {
        ("criminal",): 8,
        ("civil",): 16,
        ("criminal", "civil"): 2,
    }
    assert pool.rows[0] == ExpertRow(
        sheet="专家库",
        row=2,
        name="曾有为",
        firm="重庆岚溪律师事务所",
        specialties=("criminal",),
        is_local=True,
        source="society",
        years=18,
        phone="13800001001",
        may_lead=True,
        remarks="",
        former_firm="",
        left_former_on=None,
        away=False,
    )


def test_former_firm_absence_and_spelling(pool: PoolReading) -> None:
    by_name = {row.name: row for row in pool.rows}
    assert by_name["冉燕"].former_firm == "重庆渡云律师事务所"
    assert by_name["冉燕"].left_former_on == date(2021, 9, 30)
    assert [row.name for row in pool.rows if row.away] == ["吕实"]
    assert by_name["田川"].firm == by_name["程永昌"].firm == "重庆衡叶（万州）律师事务所"
    assert [(step.row, step.column) for step in pool.cleaning] == [(12, "工作单位")]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (0, "-", "bad_name"),
        (1, None, "bad_firm"),
        (2, "知识产权", "bad_specialties"),
        (3, "也许", "bad_is_local"),
        (4, "志愿", "bad_source"),
        (5, "很久", "bad_years"),
        (5, -3, "bad_years"),
        (6, "1" * 21, "bad_phone"),
        (7, "再说", "bad_may_lead"),
        (8, "2021年13月前执业于某所", "bad_remarks"),
        (8, "长" * 201, "bad_remarks"),
    ],
)
def test_faults_are_errors_at_their_row(column: int, value: object, code: str) -> None:
    row = [*SOUND[:column], value, *SOUND[column + 1 :]]
    reading = read(row, ["乙某", *SOUND[1:]])
    assert [(f.code, f.row) for f in reading.errors] == [(code, 2)]
    assert [row.name for row in reading.rows] == ["乙某"]


def test_the_same_person_twice_is_an_error_but_namesakes_are_not() -> None:
    other = ["甲某", "重庆另一律师事务所", *SOUND[2:]]
    assert read(SOUND, other).errors == ()
    twice = ["甲 某", "重庆某律师事务所 ", *SOUND[2:]]
    assert [(f.code, f.row) for f in read(SOUND, twice).errors] == [("bad_name", 3)]


def test_a_workbook_without_a_pool_is_refused() -> None:
    with pytest.raises(RefusedError, match="没有找到专家库的表头"):
        read_pool(read_workbook(xlsx([["姓名", "电话"], ["甲", "1"]])))
