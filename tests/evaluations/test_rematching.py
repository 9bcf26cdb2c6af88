"""Late recusal: request, confirmation, the rule's decision; sheets, certificate, refusals."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from evaluations.actions import draws, marking
from evaluations.actions.deliberation import confirm_agreement
from evaluations.actions.rematching import MOVED, rematch_case
from evaluations.models import Assignment, DrawEvent, DrawnCase, ScoreSheet
from evaluations.permissions.marking import leader_of
from evaluations.queries.assignments import assigned_pairs
from evaluations.queries.draws_proof import certificate_of, prove
from evaluations.queries.panels import panel_page
from evaluations.queries.recusals import Asked, recusal_page
from evaluations.queries.sheets import visible_sheets
from evaluations.rules.certificates import certificate_json
from evaluations.rules.verification import verify
from experts.actions import declare_recusal
from experts.models import Expert
from tests.evaluations.draw_year import Year, matched_year
from tests.evaluations.marking_year import Hall, open_hall, seal
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, User

pytestmark = pytest.mark.django_db
SCRIPT = Path(draws.__file__).parents[1] / "verifiers" / "verify_draw.py"


def expert_of(user: User) -> Expert:
    return Expert.objects.get(person=user.person)


def ask(hall: Hall, user: User, serial: int = 1) -> None:
    marking.request_recusal(hall.sheet(user, serial), reason="当事人是我亲属", by=user)


def rematch(hall: Hall, user: User, serial: int = 1, *, by: str = "bureau") -> Assignment:
    return rematch_case(hall.drawn(serial), expert=expert_of(user), by=hall.staff[by])


def refused(act: Any, *args: Any, **values: Any) -> RefusedError:
    before = (Assignment.objects.count(), DrawEvent.objects.count(), AuditEvent.objects.count())
    with pytest.raises(RefusedError) as found:
        act(*args, **values)
    assert before == (
        Assignment.objects.count(),
        DrawEvent.objects.count(),
        AuditEvent.objects.count(),
    )
    return found.value


def test_the_single_panel_keeps_the_case_with_the_first_clean_alternate() -> None:
    hall = open_hall(cases=2, experts=4)
    clash = expert_of(hall.experts[2])
    declare_recusal(
        clash, year=hall.plan.year, reason="declared", explanation="",
        case_key=hall.drawn().case.key, by=hall.bureau,
    )  # fmt: skip
    ask(hall, hall.leader)
    member_sheet = hall.sheet(hall.member)
    assert "专家2与本案的回避是您登记的" in refused(rematch, hall, hall.leader).sentence
    new = rematch(hall, hall.leader, by="clerk")
    assert (str(new.leader), str(new.member), new.by_alternate) == ("专家1", "专家3", True)
    standing = list(hall.drawn().sheets.standing())
    assert [sheet.expert for sheet in standing] == [member_sheet.expert, new.member]
    assert standing[0].pk == member_sheet.pk
    assert str(leader_of(standing).expert) == "专家1"
    event = DrawEvent.objects.get()
    assert (event.kind, event.item, event.case_number, event.replacement, event.facts["also"]) == (
        "recused", "E000", hall.cases[0].number, "civil-1", [["E002", "其他应回避关系"]]
    )  # fmt: skip
    assert Assignment.objects.live().filter(drawn_case=hall.drawn()).get() == new
    others = [pair for pair in assigned_pairs(hall.plan) if pair.drawn_case != hall.drawn()]
    assert [str(pair.leader) for pair in others] == ["专家0"]


def test_the_pair_of_the_page_follows_both_recusals() -> None:
    hall = open_hall(cases=1, experts=4)
    ask(hall, hall.leader)
    ask(hall, hall.member)
    waiting = recusal_page(hall.plan, Asked()).waiting
    assert [(row.serial, str(row.expert), row.reason) for row in waiting] == [
        (1, "专家0", "评分中发现"), (1, "专家1", "评分中发现")
    ]  # fmt: skip
    new = rematch(hall, hall.leader)
    assert (str(new.leader), str(new.member)) == ("专家2", "专家3")
    assert recusal_page(hall.plan, Asked()).waiting == []
    sheets = hall.drawn().sheets.standing()
    assert {(str(sheet.expert), sheet.leads) for sheet in sheets} == {
        ("专家2", True), ("专家3", False)
    }  # fmt: skip


def test_a_lone_sealed_sheet_stays_hidden_while_the_stand_in_scores() -> None:
    hall = open_hall(cases=1, experts=3)
    seal(hall, hall.member, lose="30")
    ask(hall, hall.leader)
    assert not ScoreSheet.objects.revealed().exists()
    rematch(hall, hall.leader)
    assert not ScoreSheet.objects.revealed().exists()
    stand_in = hall.experts[2]
    marking.sign_undertaking(hall.plan, by=stand_in)
    seal(hall, stand_in, lose="30")
    assert ScoreSheet.objects.revealed().count() == 2
    assert confirm_agreement(hall.drawn(), by=hall.member).grade == "合格"


def test_refusals() -> None:
    hall = open_hall(cases=2, experts=3)
    leader = expert_of(hall.leader)
    first = hall.drawn()
    found = refused(rematch_case, first, expert=leader, by=hall.bureau)
    assert "没有登记专家0与卷宗0001的回避关系" in found.sentence
    found = refused(rematch_case, first, expert=expert_of(hall.experts[2]), by=hall.bureau)
    assert "现在不由专家2评估" in found.sentence
    seal(hall, hall.leader)
    seal(hall, hall.member)
    declare_recusal(
        leader, year=hall.plan.year, reason="declared", explanation="",
        case_key=hall.drawn().case.key, by=hall.bureau,
    )  # fmt: skip
    found = refused(rematch_case, first, expert=leader, by=hall.bureau)
    assert "两份评分表都已封存" in found.sentence
    ask(hall, hall.leader, 2)
    for other in ("clerk", "leader", "auditor", "sysadmin", "handler"):
        found = refused(rematch, hall, hall.leader, 2, by=other)
        assert (found.status, "两人中须有一人是科室" in found.sentence) == (403, True)
    rematch(hall, hall.leader, 2)
    assert "现在不由专家0评估" in refused(rematch, hall, hall.leader, 2).sentence


def test_nobody_left_is_said_and_nothing_changes() -> None:
    hall = open_hall(cases=1, experts=2)
    ask(hall, hall.leader)
    found = refused(rematch, hall, hall.leader)
    assert (found.status, "没有可以评估的小组和候补专家" in found.sentence) == (422, True)


@pytest.fixture
def year() -> Year:
    return matched_year()


def late(year: Year) -> tuple[DrawnCase, Expert, Assignment]:
    """A civil case whose leader was found to be kin of its handler before the marking began."""
    pair = next(p for p in assigned_pairs(year.plan) if p.panel.category == "civil")
    declare_recusal(
        pair.leader, year=2031, reason="kin", explanation="承办人之兄",
        case_key=pair.drawn_case.case.key, by=year.bureau,
    )  # fmt: skip
    alone = refused(rematch_case, pair.drawn_case, expert=pair.leader, by=year.bureau)
    assert (alone.status, "须由登记回避以外的另一人确认" in alone.sentence) == (403, True)
    new = rematch_case(pair.drawn_case, expert=pair.leader, by=year.clerk)
    return pair.drawn_case, pair.leader, new


def test_with_several_panels_the_case_goes_to_the_least_loaded(year: Year) -> None:
    before = {pair.drawn_case.pk: pair for pair in assigned_pairs(year.plan)}
    load = {row.panel.code: row.cases for row in panel_rows(year)}
    drawn_case, _, new = late(year)
    old = before[drawn_case.pk].panel
    others = {code: n for code, n in load.items() if code.startswith("civil") and code != old.code}
    assert load[new.panel.code] == min(others.values())
    after = {pair.drawn_case.pk: pair for pair in assigned_pairs(year.plan)}
    changed = {pk for pk in before if before[pk] != after[pk]}
    assert changed == {drawn_case.pk}
    assert [row.replaces_id is None for row in drawn_case.assignments.order_by("pk")] == [
        True, False
    ]  # fmt: skip


def panel_rows(year: Year) -> list[Any]:
    return panel_page(year.plan).rows


def test_the_certificate_proves_the_late_recusal_and_names_a_swapped_one(
    year: Year, tmp_path: Path
) -> None:
    _, expert, new = late(year)
    match = new.draw
    certificate = certificate_of(match)
    (event,) = certificate["events"]
    assert (event["recused"], event["new"]) == (expert.person.code, new.panel.code)
    assert "之兄" not in certificate_json(certificate)
    assert prove(match).ok
    assert run_script(certificate, tmp_path) == (0, True)
    swaps = {
        "new": next(c for c in ("civil-1", "civil-2", "civil-3") if c != event["new"]),
        "leader": event["member"],
        "member": "E999",
    }
    for key, other in swaps.items():
        bad = certificate | {"events": [event | {key: other}]}
        verdict = verify(bad)
        assert (verdict.ok, verdict.place) == (False, "events")
        assert f"证书写“{other}”" in verdict.sentence
        assert run_script(bad, tmp_path) == (1, True)


def run_script(certificate: dict[str, Any], path: Path) -> tuple[int, bool]:
    """Exit code of the stand-alone script, and whether it gave a verdict."""
    file = path / "certificate.json"
    file.write_text(json.dumps(certificate, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-E", "-s", str(SCRIPT), str(file), ""],
        capture_output=True, encoding="utf-8", check=False, cwd=path,
    )  # fmt: skip
    return done.returncode, done.stdout.startswith(("一致", "不一致"))


def test_history_stays_and_a_case_has_one_assignment_in_force(year: Year) -> None:
    drawn_case, _, new = late(year)
    assert new.replaces
    row = {"draw": new.draw, "drawn_case": drawn_case, "panel": new.panel,
           "leader": new.leader, "member": new.member}  # fmt: skip
    with pytest.raises(IntegrityError, match="case_on_one_panel"), transaction.atomic():
        Assignment.objects.create(**row)
    with pytest.raises(IntegrityError, match="replaces_id"), transaction.atomic():
        Assignment.objects.create(**row, replaces=new.replaces, event=new.event)
    with pytest.raises(IntegrityError, match="changed_by_an_event"), transaction.atomic():
        Assignment.objects.create(**row, replaces=new)
    other = Assignment.objects.live().exclude(drawn_case=drawn_case)[0]
    event = DrawEvent.objects.create(
        draw=new.draw, kind="recused", item="X", case_number="X", replacement="X", reason="X",
        at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="重新匹配只能接着同一案件"), transaction.atomic():
        Assignment.objects.create(**row, replaces=other, event=event)
    with pytest.raises(IntegrityError, match="assignment_two_people"), transaction.atomic():
        Assignment.objects.create(**row | {"member": new.leader}, replaces=new, event=event)


def test_the_page_lists_and_confirms(year: Year) -> None:
    pair = next(p for p in assigned_pairs(year.plan) if p.panel.category == "civil")
    serial = pair.drawn_case.case.serial
    declare_recusal(
        pair.member, year=2031, reason="adviser", explanation="",
        firm=pair.drawn_case.case.firm, by=year.bureau,
    )  # fmt: skip
    client = Client()
    client.force_login(year.bureau)
    page = client.get("/y/2031/experts/recusals/").content.decode()
    assert "匹配以后的回避" in page
    assert "由另一人确认" in page
    url = f"/y/2031/experts/recusals/{serial}/{pair.member.pk}/rematch/"
    assert f'action="{url}"' not in page
    assert client.post(url).status_code == 403
    client.force_login(year.clerk)
    assert f'action="{url}"' in client.get("/y/2031/experts/recusals/").content.decode()
    answer = client.post(url, follow=True)
    assert f"{serial:04d}号改由" in answer.content.decode()
    assert AuditEvent.objects.filter(action="rematch_case").count() == 1
    assert client.post("/y/2031/experts/recusals/99999/1/rematch/").status_code == 404


def test_closed_sheets_are_shown_to_nobody() -> None:
    hall = open_hall(cases=1, experts=4)
    seal(hall, hall.member, lose="30")
    ask(hall, hall.leader)
    declare_recusal(
        expert_of(hall.member), year=hall.plan.year, reason="declared", explanation="",
        case_key=hall.drawn().case.key, by=hall.bureau,
    )  # fmt: skip
    rematch(hall, hall.leader, by="clerk")
    closed = hall.sheet(hall.member)
    assert (closed.withdrawn_reason, closed.total) == (MOVED, Decimal(70))
    for user in (*hall.experts, hall.bureau, hall.staff["auditor"]):
        assert closed not in visible_sheets(user)
    for stand_in in hall.experts[2:]:
        marking.sign_undertaking(hall.plan, by=stand_in)
        seal(hall, stand_in)
    assert closed not in ScoreSheet.objects.revealed()
    for user in (*hall.experts, hall.bureau, hall.staff["auditor"]):
        assert closed not in visible_sheets(user)


def test_a_revealed_sheet_is_never_closed() -> None:
    hall = open_hall(cases=1)
    seal(hall, hall.leader)
    mine = seal(hall, hall.member)
    with pytest.raises(IntegrityError, match="已封存"), transaction.atomic():
        ScoreSheet.objects.filter(pk=mine.pk).update(withdrawn_at=timezone.now())
