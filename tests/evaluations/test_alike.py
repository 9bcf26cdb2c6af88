"""理由雷同 on the pages of the office: only once the case has its grade, never to the pair."""

import pytest

from evaluations.actions import marking
from evaluations.actions.deliberation import confirm_agreement
from tests.evaluations.marking_year import YEAR, Hall, open_hall, put, signed_in
from tests.people import words
from wanzhou_eval.models import User

pytestmark = pytest.mark.django_db
COPIED = "卷内没有会见笔录，只有一次电话记录，未问清案发经过"
OWN = "会见笔录缺签名，也没有告知权利义务，重要情节没有核实"


def written(hall: Hall, user: User, serial: int, note: str) -> None:
    sheet = hall.sheet(user, serial)
    put(hall, "A1", "2", by=user, sheet=sheet, reasons=(1,), pages="3", note=note)
    put(hall, "B1", "0", by=user, sheet=sheet)
    put(hall, "B2", "0", by=user, sheet=sheet)
    marking.save_comment(sheet, comment="办理基本规范，文书齐全，质量较好。", by=user)
    marking.seal_sheet(hall.sheet(user, serial), by=user)


def hall_of_two() -> Hall:
    hall = open_hall(cases=2)
    for user, other in (
        (hall.leader, OWN),
        (hall.member, "会见时间过短，没有核对身份，也没有问清伤情"),
    ):
        written(hall, user, 1, COPIED)
        written(hall, user, 2, other)
    return hall


def test_the_office_is_told_once_the_case_has_its_grade() -> None:
    hall = hall_of_two()
    page, record = f"/y/{YEAR}/settle/", f"/y/{YEAR}/settle/1/"
    for name in ("bureau", "leader", "auditor"):
        assert "说明雷同" not in words(signed_in(hall.staff[name]).get(page))
    for serial in (1, 2):
        confirm_agreement(hall.drawn(serial), by=hall.leader)
    for name in ("bureau", "leader", "auditor"):
        told = words(signed_in(hall.staff[name]).get(page))
        assert f"0001A1项目A1100%{COPIED}" in told
        assert "0002A1" not in told
        assert "总体意见" not in told  # the same words on both cases: a habit, no copy
        assert "说明雷同A1项目A1（100%相同）。只是提示" in words(
            signed_in(hall.staff[name]).get(record)
        )


def test_the_pair_is_told_nothing() -> None:
    hall = hall_of_two()
    for user in (hall.leader, hall.member):
        assert "雷同" not in words(signed_in(user).get(f"/settle/{YEAR}/1/"))
