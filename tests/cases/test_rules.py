"""Case numbers, dates, kinds and the frame."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import (
    Kind,
    Stage,
    canonical_number,
    case_key,
    in_window,
    is_filed_late,
    is_legal_number,
    kind_of,
    kind_of_number,
    near_skeleton,
    parse_date,
    reconcile,
    skeleton,
    spelling_changes,
    stage_of,
)

CLEAN = "渝万援民〔2022〕12号"


@pytest.mark.parametrize(
    ("spelling", "rule"),
    [
        ("渝万援民(2022)12号", "括号统一为〔〕"),
        ("渝万援民（2022）12号", "括号统一为〔〕"),
        ("渝万援民[2022]12号", "括号统一为〔〕"),
        ("渝万援民【2022】12号", "括号统一为〔〕"),
        ("渝万援民{2022}12号", "括号统一为〔〕"),
        ("渝万援民﹝2022﹞12号", "括号统一为〔〕"),
        ("渝万援民〔２０２２〕１２号", "全角改半角"),
        ("渝万援民〔2022〕0012号", "去前导零"),
        ("渝万援民〔2022〕第12号", "去“第”字"),
        ("\u3000渝万援民〔2022〕 12\u00a0号\n", "去空白"),
        ("渝万援民\u200b〔2022〕12号\ufeff", "去空白"),
    ],
)
def test_spellings_of_one_number(spelling: str, rule: str) -> None:
    assert canonical_number(spelling) == case_key(spelling) == CLEAN
    assert rule in spelling_changes(spelling)


def test_a_clean_number_is_untouched() -> None:
    assert canonical_number(CLEAN) == CLEAN
    assert spelling_changes(CLEAN) == ""
    assert canonical_number("ab-0012") == "AB-12"
    assert case_key("案〔2022〕000号") == "案〔2022〕0号"


@pytest.mark.parametrize("text", ["", "   ", "案|1", "案\t<b>1", "案1" * 40, "案😀1", "=1+1"])
def test_what_the_draw_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a case number"):
        canonical_number(text)


@given(st.text(max_size=40))
def test_the_key_is_a_fixed_point(text: str) -> None:
    key = case_key(text)
    if is_legal_number(key):
        assert case_key(key) == key
        assert canonical_number(text) == key


@given(st.sampled_from("刑民行"), st.integers(1990, 2100), st.integers(1, 99999))
def test_clean_numbers_keep_key_and_skeleton_apart(sign: str, year: int, serial: int) -> None:
    number = f"渝万援{sign}〔{year}〕{serial}号"
    assert case_key(number) == number
    assert skeleton(number) == number.replace("〔", "(").replace("〕", ")")


def test_skeletons() -> None:
    assert skeleton("渝万援民〔2022〕007号") == skeleton("渝万援民（2022） 7号")
    assert skeleton("ABC〔1〕") == skeleton("abc[01]")
    assert near_skeleton("渝万援民字〔2022〕第12号") == near_skeleton(CLEAN)
    assert near_skeleton("渝万援民〔2022〕12号") != near_skeleton("渝万援民〔2022〕13号")


@pytest.mark.parametrize(
    "text",
    [
        "2022-7-5", "2022.7.5", "2022/07/05", "2022年7月5日", "2022年7月5", "20220705",
        "2022-07-05 10:20:30", "2022-07-05T10:20", "2022/7/5 9:05", "20220705102030",
        "２０２２年７月５日", " 2022 年 7 月 5 日 ", "2022年7月5日 10时20分", "44747",
        44747, Decimal("44747.5"), 20220705, date(2022, 7, 5), datetime(2022, 7, 5, 23, 59),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_dates_as_clerks_write_them(text: object) -> None:
    assert parse_date(text).value == date(2022, 7, 5)


def test_serials_of_the_1904_system() -> None:
    assert parse_date(43285, date1904=True).value == date(2022, 7, 5)
    assert "1904" in parse_date("43285", date1904=True).rule


@pytest.mark.parametrize(
    "text",
    ["2022年11月31日", "2022-02-29", "20221131", "2022-13-01", "22.7.5", "7/5/2022", "2022.7",
     "七月五日", "2022-07/05x", "1022-07-05", "９９９９-01-01", True, Decimal("1E+30"), 7],
)  # fmt: skip
def test_impossible_and_ambiguous_dates_are_problems(text: object) -> None:
    parsed = parse_date(text)
    assert parsed.value is None
    assert parsed.problem != ""


@pytest.mark.parametrize("text", ["未归档", "-", "/", "无", "N/A", " — "])
def test_fillers_are_blank_dates(text: str) -> None:
    assert parse_date(text).value is None
    assert parse_date(text).problem == ""
    assert parse_date(text).rule == "日期栏填文字，作空白"


@given(st.dates(date(1980, 1, 1), date(2100, 12, 31)))
def test_every_written_form_of_a_day_is_that_day(day: date) -> None:
    forms = (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month:02}/{day.day:02}",
        day.isoformat(),
        day.strftime("%Y%m%d"),
    )
    assert {parse_date(form).value for form in forms} == {day}


@given(st.text(max_size=30))
def test_no_text_breaks_the_date_parser(text: str) -> None:
    parsed = parse_date(text)
    assert (parsed.value is None) or parsed.problem == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [("刑事", Kind.CRIMINAL), ("刑", Kind.CRIMINAL), ("刑事案件 ", Kind.CRIMINAL),
     ("01", Kind.CRIMINAL), ("民商事", Kind.CIVIL), ("劳动仲裁", Kind.CIVIL),
     ("民事类", Kind.CIVIL), ("行政案件", Kind.ADMIN), ("０３", Kind.ADMIN), ("其他", None),
     ("", None)],
)  # fmt: skip
def test_kinds(text: str, kind: Kind | None) -> None:
    assert kind_of(text) is kind


def test_kind_and_stage_synonyms_are_data() -> None:
    assert kind_of("少年", synonyms={"少年": "刑事"}) is Kind.CRIMINAL
    assert stage_of("批捕", synonyms={"批捕": "侦查"}) == (Stage.INVESTIGATION, "侦查")


@pytest.mark.parametrize(
    ("text", "stage", "label"),
    [("起诉", Stage.PROSECUTION, "审查起诉"), ("侦查阶段", Stage.INVESTIGATION, "侦查"),
     ("一审程序", Stage.FIRST, "一审"), ("行政复议", Stage.RECONSIDERATION, "行政复议"),
     ("听证", Stage.OTHER, "听证")],
)  # fmt: skip
def test_stages(text: str, stage: Stage, label: str) -> None:
    assert stage_of(text) == (stage, label)


def test_kind_named_by_the_number() -> None:
    assert kind_of_number("渝万援刑〔2022〕1号") is Kind.CRIMINAL
    assert kind_of_number("渝万援〔2022〕1号") is None
    assert kind_of_number("渝万援刑民〔2022〕1号") is None


def test_window_late_filing_and_control_total() -> None:
    window = (date(2022, 1, 1), date(2022, 7, 31))
    assert in_window(date(2022, 1, 1), window)
    assert in_window(date(2022, 7, 31), window)
    assert not in_window(date(2021, 12, 31), window)
    assert not is_filed_late(date(2022, 3, 1), date(2022, 3, 31))
    assert is_filed_late(date(2022, 3, 1), date(2022, 4, 1))
    assert not is_filed_late(date(2022, 3, 1), None)
    assert reconcile(declared=761, imported=753, excluded=8).agrees
    assert reconcile(declared=761, imported=750, excluded=8, rejected=1).difference == 2
