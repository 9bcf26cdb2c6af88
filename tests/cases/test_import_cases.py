"""`import_cases`: exit codes, JSON, and what is left behind when a file is refused."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from cases.models import Absence, Case, ImportBatch
from evaluations.models import Plan
from evaluations.rules.stages import Stage
from tests.commands import run
from tests.workbook_samples import HEADER, LEDGER, case, xlsx
from tests.year import year_until
from wanzhou_eval.models import AuditEvent


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.DRAFT, django_db_blocker) as plan:
        yield plan


def test_a_dry_run_reports_and_writes_nothing(db: None, plan: Plan) -> None:
    events = AuditEvent.objects.count()
    code, out = run("import_cases", LEDGER, year=2022, dry_run=True, json=True)
    report = json.loads(out)
    assert code == 0
    assert (report["rows"], report["accepted"]) == (761, 761)
    assert report["sha256"] == sha256(LEDGER.read_bytes()).hexdigest()
    assert set(report) == {"rows", "accepted", "findings", "sha256"}
    assert {f["level"] for f in report["findings"]} <= {"warning", "info"}
    assert (Case.objects.count(), ImportBatch.objects.count()) == (0, 0)
    assert AuditEvent.objects.count() == events


def test_the_ledger_goes_in_and_a_second_run_changes_nothing(db: None, plan: Plan) -> None:
    assert run("import_cases", LEDGER, year=2022, json=True)[0] == 0
    before = list(Case.objects.order_by("serial").values_list("serial", "number", "row"))
    assert len(before) == 761
    assert run("import_cases", LEDGER, year=2022)[0] == 0
    assert list(Case.objects.order_by("serial").values_list("serial", "number", "row")) == before


def test_one_bad_cell_refuses_the_whole_file(db: None, plan: Plan, tmp_path: Path) -> None:
    bad = tmp_path / "台账.xlsx"
    bad.write_bytes(xlsx([HEADER, case(1), case(2, 结案日期="二〇二二年"), case(3)]))
    code, out = run("import_cases", bad, year=2022, json=True)
    report = json.loads(out)
    errors = [f for f in report["findings"] if f["level"] == "error"]
    assert (code, report["rows"], report["accepted"]) == (1, 3, 0)
    assert [(f["row"], f["column"]) for f in errors] == [(3, "结案日期")]
    assert errors[0]["code"]
    assert errors[0]["message"]
    assert (Case.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_cases_that_a_file_lacks_stay_only_when_told(db: None, plan: Plan, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.xlsx"
    ledger.write_bytes(xlsx([HEADER, case(1), case(2)]))
    assert run("import_cases", ledger, year=2022)[0] == 0
    ledger.write_bytes(xlsx([HEADER, case(2), case(3)]))
    code, out = run("import_cases", ledger, year=2022, json=True)
    assert code == 1
    assert "名单里有1件案件在这份文件里没有" in json.loads(out)["findings"][0]["message"]
    assert (Case.objects.count(), ImportBatch.objects.count()) == (2, 1)
    assert run("import_cases", ledger, year=2022, missing="keep")[0] == 0
    assert Case.objects.count() == 3
    absence = Absence.objects.get()
    assert (absence.serial, absence.decision, absence.by) == (1, "keep", None)
    assert absence.reason == "文件里缺少的，按导入命令的选项全部保留"


def test_a_file_that_is_no_workbook_is_refused_with_the_reason(
    db: None, plan: Plan, tmp_path: Path
) -> None:
    odd = tmp_path / "台账.xlsx"
    odd.write_bytes(b"%PDF-1.7 not a workbook")
    code, out = run("import_cases", odd, year=2022, json=True)
    report = json.loads(out)
    assert (code, report["accepted"]) == (1, 0)
    assert [f["code"] for f in report["findings"]] == ["refused"]
    assert ImportBatch.objects.count() == 0


def test_people_read_sentences(db: None, plan: Plan, tmp_path: Path) -> None:
    small = tmp_path / "台账.xlsx"
    small.write_bytes(xlsx([HEADER, case(1), case(2)]))
    code, out = run("import_cases", small, year=2022, dry_run=True)
    assert code == 0
    assert "读到2件" in out


def test_a_missing_file_and_an_unknown_year_are_refused(db: None, plan: Plan) -> None:
    with pytest.raises(CommandError, match="读不到文件"):
        run("import_cases", "没有这个文件.xlsx", year=2022)
    code, out = run("import_cases", LEDGER, year=2019, json=True)
    assert code == 1
    assert "2019" in json.loads(out)["findings"][0]["message"]
