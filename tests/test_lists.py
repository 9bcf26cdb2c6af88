"""Every list as .xlsx: the permission of the page, its rows, and a line where people are named."""

from collections.abc import Iterator
from typing import Any

import pytest

from evaluations.models import Draw, DrawnCase, Grading, Plan
from evaluations.rules.stages import Stage
from tests.people import cells, signed_in, workbook
from tests.year import year_until
from wanzhou_eval.models import AuditEvent, Holiday, Role, User

pytestmark = pytest.mark.django_db
LISTS = {
    "/y/2022/cases/": ("2022年度案件", "BCLA", True),
    "/y/2022/draws/": ("2022年度抽选记录", "BCLA", False),
    "/y/2022/panels/": ("2022年度分组匹配", "BCLA", True),
    "/y/2022/files/": ("2022年度卷宗交接", "BCLA", True),
    "/y/2022/files/pull/": ("2022年度调卷单", "BCLA", False),
    "/y/2022/scoring/": ("2022年度评分进度", "BCLA", True),
    "/y/2022/settle/": ("2022年度已定等次", "BLA", True),
    "/y/2022/publish/": ("2022年度公布对照稿（内部）", "BLA", True),
    "/y/2022/appeals/": ("2022年度异议申辩", "BCLA", True),
    "/y/2022/consequences/": ("2022年度问题处理", "BCLA", True),
    "/y/2022/payments/": ("2022年度评估补贴发放表", "BLA", True),
    "/audit/": ("审计日志", "BLA", True),
    "/calendar/?year=2022": ("2022年工作日历", "SBCEHLA", False),
}
"""Address: the table's title, who reads the page, whether it names people."""
LETTERS = dict(zip("SBCEHLA", (Role.SYSADMIN, Role.BUREAU, Role.CLERK, Role.EXPERT, Role.HANDLER,
                                Role.LEADER, Role.AUDITOR), strict=True))  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.PUBLISHED, django_db_blocker, cases=8) as plan:
        yield plan


def asked(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}format=xlsx"


def browser(role: Role) -> Any:
    return signed_in(User.objects.filter(role=role, is_active=True).order_by("pk")[0])


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_exported_by_who_reads_it_and_by_nobody_else(address: str) -> None:
    title, letters, personal = LISTS[address]
    for letter, role in LETTERS.items():
        before = AuditEvent.objects.filter(action="export_list").count()
        answer = browser(role).get(asked(address))
        found = AuditEvent.objects.filter(action="export_list").count() - before
        if letter in letters:
            shown, about = workbook(answer).worksheets
            facts = [[cell.value for cell in row] for row in about.iter_rows(max_row=2)]
            assert facts == [["表名", title], ["件数", shown.max_row - 1]]
            assert found == personal
        else:
            assert (answer.status_code, found) == (403, 0)


@pytest.mark.parametrize("address", LISTS)
def test_the_page_offers_its_own_export_where_there_is_something(address: str) -> None:
    html = browser(Role.BUREAU).get(address).content.decode()
    assert ("format=xlsx" in html) == bool(rows(address))


def rows(address: str) -> list[list[Any]]:
    return cells(browser(Role.BUREAU).get(asked(address)))[1:]


def test_the_rows_are_those_of_the_pages(plan: Plan) -> None:
    drawn = [case.case.label for case in DrawnCase.objects.of(plan).order_by("case__serial")]
    assert [row[0] for row in rows("/y/2022/draws/")] == [each.code for each in Draw.objects.all()]
    assert [row[0] for row in rows("/y/2022/settle/")] == drawn
    assert [row[0] for row in rows("/y/2022/publish/")] == drawn
    grades = dict(
        Grading.objects.filter(version=1).values_list("drawn_case__case__serial", "grade")
    )
    assert {int(row[0]): row[3] for row in rows("/y/2022/settle/")} == grades
    assert len(rows("/calendar/?year=2022")) == Holiday.objects.filter(day__year=2022).count()
    listed = {label for row in rows("/y/2022/panels/") for label in row[6].split("、")}
    assert listed == set(drawn)


def test_the_trail_is_exported_as_filtered() -> None:
    found = rows("/audit/?action=seal_sheet&year=2022")
    wanted = AuditEvent.objects.filter(action="seal_sheet", year=2022)
    assert [row[0] for row in found] == list(wanted.values_list("seq", flat=True))
    assert {row[4] for row in found} == {"提交评分表"}
    facts = cells(browser(Role.BUREAU).get(asked("/audit/?action=seal_sheet&year=2022")), sheet=1)
    assert [value for name, value in facts if name == "筛选条件"] == [
        "年度：2022年度", "操作：提交评分表",
    ]  # fmt: skip
