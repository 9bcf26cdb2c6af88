"""复算 where the sealed list is kept: command, page and `verify_records` name row and cell."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from appeals.records.frame import sealed_texts
from evaluations.models import Draw, Plan
from evaluations.queries.draws_proof import certificate_of
from evaluations.rules.certificates import Certificate
from evaluations.rules.stages import Stage
from tests.commands import run
from tests.evaluations.rules.tampering import Edit, added, cell, exchanged, removed, span
from tests.people import words
from tests.year import year_until
from wanzhou_eval.models import User

SECTIONS = {
    "sample": ("cases", 4, "ex:zz"),
    "experts": ("pool", 1, "F99"),
    "match": ("cases", 2, "F99"),
}


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.MATCHED, django_db_blocker, cases=24) as plan:
        yield plan


def edits(kind: str) -> dict[str, Edit]:
    """One changed cell, a row less, a row more, two rows in each other's place."""
    section, column, value = SECTIONS[kind]
    row = {"sample": "渝万援X\tcivil\t2022-01\tF99\tin", "experts": "A0\tF99\tcivil\t1\tin"}
    return {
        "cell": cell(section, 2, column, value),
        "removed": removed(section, 1),
        "added": added(section, row.get(kind, "渝万援X\tcivil\tF99\t-\tR")),
        "exchanged": exchanged(section, 2),
    }


def told(file: Path, plan: Plan, certificate: Certificate) -> list[str]:
    """What the command and the page say about a certificate."""
    file.write_text(json.dumps(certificate, ensure_ascii=False), encoding="utf-8")
    code, out = run("verify_certificate", file)
    assert code == 1
    client = Client()
    client.force_login(User.objects.get(username="auditor"))
    draw = plan.draws.get(code=certificate["draw"])
    page = client.post(
        f"/y/{plan.year}/draws/{draw.code}/verify/",
        {
            "printed": draw.freeze_hash,
            "certificate": SimpleUploadedFile("证书.json", file.read_bytes()),
        },
    )
    return [tight(out), tight(words(page))]


def tight(text: str) -> str:
    """Without blanks: a page breaks lines where it likes."""
    return "".join(text.split())


@pytest.mark.parametrize("what", ["cell", "removed", "added", "exchanged"])
@pytest.mark.parametrize("kind", SECTIONS)
def test_command_and_page_name_the_row(
    db: None, plan: Plan, kind: str, what: str, tmp_path: Path
) -> None:
    draw = plan.draws.get(kind=kind)
    certificate = certificate_of(draw)
    tokens = edits(kind)[what](certificate)
    named = [tight(each.partition("（改回去")[0]) for each in tokens if each != "名单被改动"]
    for sentence in told(tmp_path / "证书.json", plan, certificate):
        assert f"与本系统封存的{draw.code}名单逐行比对，" in sentence
        assert [token for token in named if token not in sentence] == [], sentence


def test_two_changes_are_named_because_the_sealed_list_is_kept(
    db: None, plan: Plan, tmp_path: Path
) -> None:
    certificate = certificate_of(plan.draws.get(kind="experts"))
    first = cell("pool", 0, 1, "F98")(certificate)
    cell("pool", 1, 1, "F99")(certificate)
    for sentence in told(tmp_path / "证书.json", plan, certificate):
        assert first[1] in sentence
        assert "这样的共2处" in sentence


def change(kind: str, was: str, now: str) -> None:
    """Write into the sealed list as only the owner of the tables could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            """UPDATE evaluations_draw SET freeze_text = replace(freeze_text, %s, %s)
                WHERE kind = %s""",
            [was, now, kind],
        )
        assert cursor.rowcount == 1
        cursor.execute("SET LOCAL session_replication_role = origin")


def row_of(draw: Draw, number: int) -> tuple[int, list[str]]:
    """A row of the list by its place: line number and cells."""
    lines = draw.freeze_text.split("\n")
    at = span(lines, SECTIONS[draw.kind][0])[0] + number
    return at + 1, lines[at].split("\t")


@pytest.mark.parametrize("kind", SECTIONS)
def test_a_list_changed_in_the_database_is_named_by_the_tables(
    db: None, plan: Plan, as_owner: Any, kind: str
) -> None:
    """The sealed text itself is edited past the triggers; the rows it was made of are not."""
    draw = plan.draws.get(kind=kind)
    _, column, value = SECTIONS[kind]
    number, cells = row_of(draw, 2)
    edited = [*cells[:column], value, *cells[column + 1 :]]
    with as_owner():
        change(kind, "\n" + "\t".join(cells) + "\n", "\n" + "\t".join(edited) + "\n")
    examined, broken = sealed_texts([plan])
    assert (examined, len(broken)) == (3, 1)
    assert broken[0].startswith(f"{draw.code} 名单被改动：")
    row = f"名单第{number}行“{cells[0]}”的"
    assert row in broken[0]
    assert f"现为“{value}”，封存时为“{cells[column]}”" in broken[0]
    code, out = run("verify_records", year=2022)
    assert code == 1
    assert row in out
