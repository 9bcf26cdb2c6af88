"""The frame beside its sealing: both prints on record, two people at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.actions import confirm_import, correct_case, upload_file
from cases.models import Case, Correction
from cases.queries import cleaning_sha256
from evaluations.actions import draws
from evaluations.models import Draw
from evaluations.queries.draws_proof import certificate_of, prove
from tests.evaluations.draw_year import SEEDS, add_cases, ceremony, open_year
from tests.people import signed_in, words
from tests.workbook_samples import HEADER, case, xlsx
from wanzhou_eval.errors import RefusedError


def test_an_empty_frame_says_what_to_do(db: None) -> None:
    year = open_year(cases=0, excluded=0)
    page = words(signed_in(year.bureau).get("/y/2031/frame/"))
    assert "抽样框还是空的" in page
    answer = signed_in(year.bureau).get("/y/2031/frame/text/")
    assert answer.status_code == 422
    assert "没有案件" in words(answer) or "应在1和可抽案件" in words(answer)


def test_the_print_is_a_free_field_of_the_certificate(db: None) -> None:
    year = open_year()
    draw = ceremony(year, draws.seal_frame(year.plan, by=year.bureau), seed=SEEDS["sample"])
    assert certificate_of(draw)["cleaning_sha256"] == draw.cleaning_hash
    assert prove(draw).ok
    draw.cleaning_hash = "0" * 64  # a free field never changes the outcome
    assert prove(draw).ok


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_cases(db: None) -> None:
    year = open_year(cases=20)
    client = signed_in(year.bureau)
    client.get("/y/2031/frame/")
    few = asked(client, "/y/2031/frame/")
    add_cases(year.plan.frame, year.firms, first=21, count=200, excluded=9, by=year.clerk)
    many = asked(client, "/y/2031/frame/")
    assert many == few
    assert many <= 20


def together(acts: list[Callable[[], object]]) -> list[str]:
    """Run the acts at the same moment on connections of their own; their refusals."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            barrier.wait(timeout=20)
            act()
        except RefusedError as error:
            return error.sentence
        except OperationalError as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_a_correction_while_sealing_is_in_the_list_or_refused() -> None:
    year = open_year(cases=30)
    one = Case.objects.get(serial=9)
    told = together([
        lambda: draws.seal_frame(year.plan, by=year.bureau),
        lambda: correct_case(
            one, field="closed_on", value="2031-06-30", reason="结案日期登记有误",
            document="卷宗第3页", by=year.clerk,
        ),
    ])  # fmt: skip
    assert told[0] == ""
    draw = Draw.objects.get()
    listed = {line.split("\t")[0]: line for line in draw.freeze_text.split("\n") if "渝" in line}
    corrected = Correction.objects.exists()
    assert corrected == (told[1] == "")
    assert ("2031-06" in listed[one.number]) == corrected
    assert draw.cleaning_hash == cleaning_sha256(year.plan.frame)


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_import_once() -> None:
    year = open_year(cases=0, excluded=0)
    data = xlsx([HEADER, *(case(n) for n in range(1, 20))])
    batch = upload_file(
        year.plan.frame, content="ledger", data=data, file_name="台账.xlsx", by=year.clerk
    )
    told = together([lambda: confirm_import(batch, by=year.clerk)] * 4)
    assert told.count("") == 1
    assert all("已经导入" in each for each in told if each and "timeout" not in each)
    assert Case.objects.count() == 19
