"""Dates, numbers, fingerprints and grades as the pages write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from wanzhou_eval.templatetags import charts, ui

FRIDAY = dt.date(2022, 8, 26)
LATE_UTC = dt.datetime(2022, 8, 25, 16, 5, 9, tzinfo=dt.UTC)
COUNTS = {"优秀": 21, "良好": 37, "合格": 16, "不合格": 2}


def test_a_day_is_written_with_its_weekday() -> None:
    assert ui.day(FRIDAY) == "8月26日（周五）"
    assert ui.day_full(FRIDAY) == "2022年8月26日"
    assert ui.weekday(dt.date(2022, 8, 28)) == "周日"


def test_a_time_is_told_by_the_clock_of_the_office() -> None:
    assert ui.day(LATE_UTC) == "8月26日（周五）"
    assert ui.clock(LATE_UTC) == "00:05:09"
    assert ui.moment(LATE_UTC) == "8月26日（周五）00:05"
    assert ui.saved_words(LATE_UTC) == "已自动保存 00:05:09"


def test_a_missing_value_is_blank_not_a_word() -> None:
    blank = [f(None) for f in (ui.day, ui.day_full, ui.month_day, ui.weekday, ui.clock, ui.moment)]
    assert blank == [""] * 6
    assert (ui.saved_words(None), ui.plain_number(None), ui.money(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("4.00"), "4"),
        (Decimal("1.50"), "1.5"),
        (Decimal("94.75"), "94.75"),
        (Decimal("100"), "100"),
        (Decimal("0"), "0"),
        (20, "20"),
        ("", ""),
    ],
)
def test_numbers_have_no_padding(value: Any, shown: str) -> None:
    assert ui.plain_number(value) == shown


def test_a_deduction_tells_zero_from_not_yet_scored() -> None:
    assert ui.minus(Decimal("1.5")) == "−1.5"
    assert ui.minus(Decimal("0.00")) == "0"
    assert ui.minus(None) == "—"


def test_money_has_separators_and_no_false_pennies() -> None:
    assert ui.money(7600) == "7,600 元"
    assert ui.money(Decimal("12.5")) == "12.50 元"


def test_a_fingerprint_is_cut_for_reading_aloud() -> None:
    assert ui.hash_groups("e71b2ef0db") == "e71b 2ef0 db"
    assert ui.hash_tail("00fadf05da") == "fadf 05da"


def test_a_grade_is_told_by_sign_as_well_as_colour() -> None:
    names = ["优秀", "优良", "良好", "合格", "不合格"]
    assert [ui.grade_class(name) for name in names] == ["g1", "g1", "g2", "g3", "g4"]
    assert [ui.grade_mark(name) for name in names] == ["◆", "◆", "●", "○", "✕"]


def test_a_share_never_leaves_its_frame() -> None:
    assert ui.share(12, 20, 400) == "240"
    assert ui.share(25, 20, 400) == "400"
    assert ui.share(1, 0, 400) == "0"
    assert ui.share(None, 20, 400) == "0"


def test_a_stacked_bar_fills_its_whole_length() -> None:
    chart = charts.stacked_bars([("全部", COUNTS), ("刑事", {**COUNTS, "不合格": 0})])["chart"]
    parts = chart["rows"][0]["parts"]
    assert parts[0]["x"] == 100
    assert parts[-1]["x"] + parts[-1]["width"] == 580
    assert [part["kind"] for part in parts] == ["g1", "g2", "g3", "g4"]
    assert [part["pattern"] for part in parts] == ["", "", "dot", "hatch"]
    assert [part["shown"] for part in parts] == [True, True, True, False]
    assert len(chart["rows"][1]["parts"]) == 3
    assert chart["label"].startswith("等次分布：全部优秀 21 件、良好 37 件")


def test_the_longest_bar_fills_the_width_and_the_others_keep_their_ratio() -> None:
    chart = charts.bars([("甲", 20, ""), ("乙", 10, "")], label="失分")["chart"]
    assert [row["width"] for row in chart["rows"]] == [310, 155]
    assert chart["label"] == "失分：甲 20%；乙 10%"


def test_the_scale_puts_zero_in_the_middle() -> None:
    rows = [("甲", Decimal("-2"), Decimal("0"), Decimal("4"))]
    chart = charts.scale(rows)["chart"]
    assert (chart["zero"], chart["rows"][0]["at"]) == (340, 340)
    assert (chart["rows"][0]["low"], chart["rows"][0]["high"]) == (220, 580)
    assert chart["rows"][0]["range"] == "−2 至 +4"


def test_charts_of_nothing_draw_nothing() -> None:
    assert charts.stacked_bars([])["chart"]["rows"] == []
    assert charts.bars([])["chart"]["rows"] == []
    assert charts.scale([])["chart"]["rows"] == []


def test_the_pagination_keeps_the_filters_in_force() -> None:
    kept = ui.filter_query(year="2022", actor="", action="封存")
    assert kept == "year=2022&action=%E5%B0%81%E5%AD%98"


def test_a_chart_s_label_stays_left_of_its_bar() -> None:
    rows = [("D3 无罪或特殊情形排除", Decimal(50), ""), ("D4 证据目录", Decimal(25), "")]
    drawn = charts.bars(rows, wide=False)["chart"]["rows"]
    assert [row["short"] for row in drawn] == ["D3 无罪或特殊…", "D4 证据目录"]
    assert [row["label"] for row in drawn] == ["D3 无罪或特殊情形排除", "D4 证据目录"]
