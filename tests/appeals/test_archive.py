"""归档: a package that is the same whenever it is made, and a year that the database keeps shut."""

import hashlib
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import DatabaseError, connection, transaction

from appeals.actions import close_year, file_appeal
from appeals.models import Appeal, YearArchive
from appeals.queries.archive import archived_files, manifest
from evaluations.actions.deliberation import regrade_case
from evaluations.actions.plan import set_rehearsal_clock
from evaluations.models import Grading
from evaluations.queries.plan import plan_of
from tests.appeals.builders import (
    AFTER,
    GROUNDS,
    IN_WINDOW,
    STATEMENT,
    WINDOW_END,
    Year,
    issue_report,
    make_year,
    publish,
    signed_in,
)
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db
ADDRESS = "/y/2022/archive/package/"


def closed() -> Year:
    year = publish(make_year(grades=("优良", "合格")))
    year.set_clock(AFTER)
    issue_report(year)
    close_year(year.plan, by=year.users["bureau"])
    year.reload()
    return year


def test_the_package_gives_the_fingerprint_of_the_closing() -> None:
    year = closed()
    answer = signed_in(year.users["auditor"]).get(ADDRESS)
    assert answer["Content-Type"] == "application/zip"
    archive = YearArchive.objects.get()
    with ZipFile(BytesIO(answer.content)) as package:
        files = {n.partition("/")[2]: package.read(n) for n in package.namelist()}
    listed = files.pop("归档清单.txt")
    assert hashlib.sha256(listed).hexdigest() == archive.sha256
    assert manifest(files) == listed
    assert len(files) == archive.files
    assert {
        "定级/等次.csv", "评分/评分表.csv", "公布/第1版.csv", "报告/评估报告第1版.json",
        "审计/审计记录.jsonl", "抽选/WZ-2022-S1/证书.json", "方案/方案.json",
    } <= files.keys()  # fmt: skip
    head = files["审计/审计记录.jsonl"].decode().splitlines()[-1]
    assert archive.audit_hash in head
    assert "close_year" in head


def test_the_same_bytes_again_although_the_trail_went_on() -> None:
    year = closed()
    auditor = signed_in(year.users["auditor"])
    first = auditor.get(ADDRESS).content
    assert AuditEvent.objects.filter(action="export_list", year=2022).count() == 1
    late = file_appeal(year.cases[0], statement=STATEMENT, grounds=GROUNDS, by=year.handlers[0])
    assert late.state == "不予受理"
    assert auditor.get(ADDRESS).content == first


def test_no_name_of_a_recipient_is_in_it() -> None:
    year = closed()
    text = b"".join(archived_files(plan_of(2022)).values()).decode()
    assert [case.case.recipient for case in year.cases if case.case.recipient in text] == []


def test_there_is_none_before_the_closing() -> None:
    year = publish(make_year(grades=("优良", "合格")))
    assert signed_in(year.users["bureau"]).get(ADDRESS).status_code == 404
    assert (
        "归档包指纹" not in signed_in(year.users["bureau"]).get("/y/2022/archive/").content.decode()
    )


def test_a_row_changed_behind_the_application_is_told(as_owner: Any) -> None:
    closed()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE evaluations_grading SET reason = 'x'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(RefusedError, match="与归档时的指纹不一致"):
        archived_files(plan_of(2022))


CLOSED = """
UPDATE evaluations_plan SET place = 'x'
UPDATE evaluations_plan SET clock_offset = clock_offset + interval '1 day'
UPDATE cases_case SET withheld = NOT withheld
UPDATE evaluations_draw SET announced = announced + 1
UPDATE evaluations_approval SET submitted_at = submitted_at
INSERT INTO evaluations_grading SELECT g.* FROM evaluations_grading g
INSERT INTO evaluations_publication SELECT p.* FROM evaluations_publication p
INSERT INTO evaluations_publicationline SELECT l.* FROM evaluations_publicationline l
INSERT INTO evaluations_scoresheet SELECT s.* FROM evaluations_scoresheet s
INSERT INTO evaluations_report SELECT r.* FROM evaluations_report r
INSERT INTO evaluations_stageentry SELECT e.* FROM evaluations_stageentry e LIMIT 1
INSERT INTO cases_importbatch SELECT b.* FROM cases_importbatch b
""".strip().splitlines()


@pytest.mark.parametrize("statement", CLOSED, ids=[s[:50] for s in CLOSED])
def test_a_closed_year_is_read_only_in_the_database(statement: str) -> None:
    closed()
    with (
        pytest.raises(DatabaseError) as told,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    cause: Any = told.value.__cause__
    assert (cause.pgcode, cause.diag.constraint_name) == ("23001", "year_closed")


def test_an_admitted_appeal_cannot_enter_a_closed_year() -> None:
    year = closed()
    with pytest.raises(DatabaseError, match="已归档"), transaction.atomic():
        Appeal.objects.create(
            drawn_case=year.cases[0], publication=year.plan.publications.get(),
            appellant=year.person(0), channel="paper", statement=STATEMENT,
            received_at=IN_WINDOW, window_end=WINDOW_END, registered_by=year.users["clerk"],
        )  # fmt: skip


def test_regrade_and_clock_of_a_closed_year_are_refused_with_a_sentence() -> None:
    year = closed()
    bureau = year.users["bureau"]
    with pytest.raises(RefusedError, match="已归档"):
        regrade_case(year.cases[0], grade="合格", outcome="changed", reason="x", by=bureau)
    with pytest.raises(RefusedError, match="演练时钟不再拨动"):
        set_rehearsal_clock(year.plan, moment=AFTER, by=bureau)
    assert Grading.objects.count() == 2
