"""评分标准: the real draft standard, and how sentences become reasons."""

from decimal import Decimal

import pytest

from evaluations.imports import StandardReading, parse_rule, read_standard
from tests.workbook_samples import STANDARD, xlsx
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks import read_workbook

HEADER: list[object] = [
    "案件类型/阶段",
    "一级指标",
    "评估项目",
    "评分说明",
    "分值",
    "扣分规则",
    "是否一票否决",
]
BANDS: list[list[object]] = [
    ["等次", "下限(含)", "上限(不含)", "说明"],
    ["优良", 80, None],
    ["合格", 60, 80],
    ["不合格", 0, 60],
]


def reasons(rule: str, full: str = "5") -> list[tuple[str, str, str]]:
    parsed = parse_rule(rule, full_marks=Decimal(full))
    assert parsed[-1].other
    return [(reason.label, str(reason.low), str(reason.high)) for reason in parsed[:-1]]


@pytest.fixture(scope="module")
def standard() -> StandardReading:
    return read_standard(read_workbook(STANDARD.read_bytes()))


def test_the_real_standard(standard: StandardReading) -> None:
    assert standard.findings == ()
    counts = {scope: len(standard.items_of(scope)) for scope in standard.scopes}
    assert counts == {
        "刑事-侦查": 25, "刑事-审查起诉": 26, "刑事-审判": 26, "民事": 28, "行政": 24,
    }  # fmt: skip
    assert {standard.full_marks(scope) for scope in standard.scopes} == {Decimal(100)}
    assert {scope: len(standard.vetoes_of(scope)) for scope in standard.scopes} == {
        "刑事-侦查": 5, "刑事-审查起诉": 5, "刑事-审判": 6, "民事": 5, "行政": 5,
    }  # fmt: skip
    bands = [(band.name, band.floor, band.ceiling) for band in standard.bands]
    assert [(name, int(floor), ceiling) for name, floor, ceiling in bands] == [
        ("优良", 80, None),
        ("合格", 60, 80),
        ("不合格", 0, 60),
    ]
    assert standard.notes[0].startswith("说明：本表为内部工作草稿")
    assert len(standard.notes) == 3


def test_every_clause_of_the_real_standard_is_understood(standard: StandardReading) -> None:
    for item in standard.items:
        clauses = [text for text in item.rule.split("；") if "按满分计" not in text]
        assert len(item.reasons) == len(clauses) + 1, item.rule
        for reason in item.reasons:
            assert Decimal(0) < reason.low <= reason.high <= item.full_marks


def test_items_are_numbered_by_section_and_place(standard: StandardReading) -> None:
    first = standard.items_of("刑事-侦查")[:4]
    assert [(i.number, i.section, i.title, i.ordinal) for i in first] == [
        ("A1", "委托手续", "指派与委托材料", 1),
        ("A2", "委托手续", "向侦查机关递交公函", 2),
        ("A3", "委托手续", "权利义务告知", 3),
        ("B1", "会见", "会见及时性", 4),
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "逾期提交扣2分；卷内无递交凭证扣3分",
            [("逾期提交", "2", "2"), ("卷内无递交凭证", "3", "3")],
        ),
        ("未告知不得分", [("未告知", "5", "5")]),
        ("记录过简扣1—2分", [("记录过简", "1", "2")]),
        ("记录过简扣2~1分", [("记录过简", "1", "2")]),
        ("签名不全每处扣0.5分", [("签名不全（每处）", "0.5", "5")]),
        ("每处错漏扣0.5分，扣完为止", [("错漏（每处）", "0.5", "5")]),
        ("每逾期1个工作日扣2分，扣完为止", [("逾期（每1个工作日）", "2", "5")]),
        ("逾期且无理由每3日扣1分", [("逾期且无理由（每3日）", "1", "5")]),
        ("缺1件扣2分", [("缺件（每件）", "2", "5")]),
        ("缺1次扣1分", [("次数不足（每次）", "1", "5")]),
        ("口头提出且有记录得2分", [("口头提出且有记录", "3", "3")]),
        ("重大缺陷扣9分", [("重大缺陷", "5", "5")]),
        ("无此情形按满分计", []),
        ("视情况酌情处理", []),
        ("", []),
    ],
)
def test_sentences_become_reasons(rule: str, expected: list[tuple[str, str, str]]) -> None:
    assert reasons(rule) == expected


def test_other_is_always_there_and_never_above_the_marks() -> None:
    other = parse_rule("", full_marks=Decimal("0.3"))[-1]
    assert (other.text, other.low, other.high) == (
        "其他（写明理由）",
        Decimal("0.3"),
        Decimal("0.3"),
    )


def test_steps_are_told() -> None:
    reason = parse_rule("缺1项扣1.5分", full_marks=Decimal(6))[0]
    assert (reason.step, reason.unit, reason.source) == (Decimal("1.5"), "每项", "缺1项扣1.5分")


@pytest.mark.parametrize(
    ("rows", "bands", "codes"),
    [
        ([["民事", "A 手续", "材料", "", 0, "", "否"]], BANDS, ["bad_marks", "no_items"]),
        ([["民事", "A 手续", "材料", "", 90, "", "否"]], BANDS, ["not_hundred"]),
        (
            [
                ["民事", "A 手续", "材料", "", 100, "", "否"],
                ["行政", "Z 否决", "某事", "", 0, "", "是"],
            ],
            BANDS,
            ["unknown_scope"],
        ),
        ([["民事", "A 手续", "材料", "", 100, "", "否"]], BANDS[:3], ["bad_bands"]),
        (
            [["民事", "A 手续", "材料", "", 100, "", "否"]],
            [BANDS[0], ["优良", 80, None], ["合格", 60, 79], ["不合格", 0, 60]],
            ["bad_bands"],
        ),
        (
            [["民事", "A 手续", "材料", "", 100, "", "否"]],
            [*BANDS, ["很差", "零", None]],
            ["bad_band"],
        ),
    ],
)
def test_faulty_standards(
    rows: list[list[object]], bands: list[list[object]], codes: list[str]
) -> None:
    reading = read_standard(read_workbook(xlsx([HEADER, *rows], bands)))
    assert [found.code for found in reading.findings] == codes


def test_other_workbooks_are_refused() -> None:
    with pytest.raises(RefusedError, match="没有找到评分项目表"):
        read_standard(read_workbook(xlsx(BANDS)))
    with pytest.raises(RefusedError, match="没有找到等次表"):
        read_standard(read_workbook(xlsx([HEADER])))
