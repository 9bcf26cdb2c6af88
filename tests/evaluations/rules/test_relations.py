"""Which cases a relation reaches; a former firm at the ends of its term."""

from datetime import date

import pytest

from evaluations.rules.relations import CaseFacts, Tie, last_barred_day, reaches

CASE = CaseFacts("渝万援〔2022〕5号", "F001", frozenset({"P1", "P2"}), date(2022, 5, 10))


@pytest.mark.parametrize(
    ("scope", "value", "reached"),
    [
        ("case", "渝万援〔2022〕5号", True),
        ("case", "渝万援〔2022〕6号", False),
        ("org", "F001", True),
        ("org", "F002", False),
        ("handler", "P2", True),
        ("handler", "P3", False),
    ],
)
def test_each_scope(scope: str, value: str, reached: bool) -> None:
    assert reaches(Tie("E1", scope, value, "kin"), CASE) is reached


@pytest.mark.parametrize(
    ("left_on", "last"),
    [
        (date(2020, 5, 10), date(2022, 5, 10)),
        (date(2020, 2, 29), date(2022, 2, 28)),
        (date(2019, 12, 31), date(2021, 12, 31)),
    ],
)
def test_the_term_ends_on_the_same_day_two_years_later(left_on: date, last: date) -> None:
    assert last_barred_day(left_on) == last


@pytest.mark.parametrize(
    ("left_on", "reached"),
    [
        (None, True),
        (date(2023, 1, 1), True),
        (date(2022, 5, 10), True),
        (date(2020, 5, 10), True),
        (date(2020, 5, 9), False),
        (date(2011, 1, 1), False),
    ],
)
def test_a_former_firm_bars_cases_closed_within_two_years_of_leaving(
    left_on: date | None, reached: bool
) -> None:
    assert reaches(Tie("E1", "org", "F001", "former-firm", left_on), CASE) is reached
