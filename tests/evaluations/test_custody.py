"""卷宗交接: from the archive and back, file by file and panel by panel; what the database holds."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from appeals.queries.closing import archive_page
from evaluations.actions import draws
from evaluations.actions.custody import move_file, move_panel
from evaluations.actions.draws_requests import confirm_replacement, request_replacement
from evaluations.models import FileMovement, Plan
from evaluations.queries.assignments import AssignedPair, assigned_pairs
from evaluations.queries.custody import CustodyFilter, custody, files_held, outstanding_files
from evaluations.queries.plan import plan_of
from evaluations.rules.custody import Move, Place, shelf_key
from tests.evaluations.draw_year import SEEDS, Year, ceremony, matched_year, open_year
from tests.people import make_user
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return matched_year()


def pair(year: Year, place: int = 0) -> AssignedPair:
    return assigned_pairs(year.plan)[place]


def scan(year: Year, file: AssignedPair, *moves: Move, by: User | None = None, **more: Any) -> None:
    for move in moves:
        serial, holder = file.drawn_case.case.serial, file.leader if move is Move.GIVE else None
        move_file(year.plan, serial=serial, move=move, holder=holder, by=by or year.clerk, **more)


def refused(year: Year, serial: int, move: Move, **more: Any) -> str:
    before = FileMovement.objects.count(), AuditEvent.objects.count()
    with pytest.raises(RefusedError) as told:
        move_file(year.plan, serial=serial, move=move, **{"by": year.clerk, **more})
    assert (FileMovement.objects.count(), AuditEvent.objects.count()) == before
    return told.value.sentence


def test_a_file_goes_to_an_expert_and_comes_back(year: Year) -> None:
    file = pair(year)
    scan(year, file, Move.OUT, Move.GIVE, Move.BACK, Move.RETURN)
    case = file.drawn_case.case
    moved = FileMovement.objects.filter(case=case)
    assert [(m.ordinal, m.source, m.place, m.holder) for m in moved] == [
        (1, "archive", "hall", None),
        (2, "hall", "expert", file.leader),
        (3, "expert", "hall", None),
        (4, "hall", "archive", None),
    ]
    assert list(moved.values_list("at", flat=True)) == sorted(m.at for m in moved)
    events = AuditEvent.objects.filter(action="move_file", target=case.number).order_by("seq")
    assert [e.detail["move"] for e in events] == [
        "调出档案室", "发给专家", "专家交回", "还回档案室",
    ]  # fmt: skip


def test_who_may_and_what_is_asked_for(year: Year) -> None:
    serial = pair(year).drawn_case.case.serial
    assert "由中心或科室登记" in refused(year, serial, Move.OUT, by=year.leader)
    assert "没有卷宗号9999" in refused(year, 9999, Move.OUT)
    assert "在哪里找过" in refused(year, serial, Move.MISS, note=" ")
    undrawn = year.plan.frame.cases.exclude(drawn__isnull=False)[0]
    assert "不在本年度参加评估的案件里" in refused(year, undrawn.serial, Move.OUT)
    scan(year, pair(year), Move.OUT)
    assert "请先选卷宗发给哪位专家" in refused(year, serial, Move.GIVE)


def test_only_the_experts_of_the_case_take_its_file(year: Year) -> None:
    file = pair(year)
    stranger = next(p for p in assigned_pairs(year.plan) if p.panel != file.panel).leader
    scan(year, file, Move.OUT)
    serial = file.drawn_case.case.serial
    told = refused(year, serial, Move.GIVE, holder=stranger)
    assert told == (
        f"卷宗{serial:04d}没有分给{stranger.person.name}，不能发给本人。请核对小组，或换一位专家。"
    )
    scan(year, file, Move.GIVE)
    other = refused(year, serial, Move.GIVE, holder=file.member)
    assert f"请先由{file.leader.person.name}交回现场" in other
    assert "不用再扫" in refused(year, serial, Move.GIVE, holder=file.leader)


def test_a_closed_year_takes_no_more_moves(year: Year) -> None:
    serial = pair(year).drawn_case.case.serial
    for stage in ("marking", "marked", "published", "closed"):
        Plan.objects.filter(pk=year.plan.pk).update(stage=stage)
    assert "已归档" in refused(year, serial, Move.OUT)


def test_a_panels_files_go_together_and_the_rest_stay(year: Year) -> None:
    file = pair(year)
    panel = str(file.panel)
    made = move_panel(year.plan, panel=panel, move=Move.OUT, by=year.clerk)
    mine = [p for p in assigned_pairs(year.plan) if p.panel == file.panel]
    assert len(made) == len(mine) > 1
    given = move_panel(year.plan, panel=panel, move=Move.GIVE, holder=file.leader, by=year.clerk)
    scan(year, file, Move.BACK)
    back = move_panel(year.plan, panel=panel, move=Move.BACK, by=year.clerk)
    assert len(back) == len(given) - 1
    with pytest.raises(RefusedError, match="没有可以登记“专家交回”的卷宗"):
        move_panel(year.plan, panel=panel, move=Move.BACK, by=year.clerk)
    elsewhere = {row.panel for row in custody(year.plan).rows if row.standing.ordinal}
    assert elsewhere == {panel}
    event = AuditEvent.objects.filter(action="move_panel_files").order_by("-seq")[0]
    assert (event.target, event.detail) == (panel, {"move": "专家交回", "files": len(back)})


def test_the_queries_do_not_grow_with_the_files(year: Year) -> None:
    counts, moves = [], []
    for place in (0, 3):
        with CaptureQueriesContext(connection) as asked:
            custody(plan_of(2031))
        counts.append(len(asked))
        panel = str(pair(year, place).panel)
        if place == 0:
            for move in (Move.OUT, Move.RETURN):
                with CaptureQueriesContext(connection) as acted:
                    move_panel(year.plan, panel=panel, move=move, by=year.clerk)
                moves.append(len(acted))
    assert counts[0] == counts[1]
    assert moves[0] == moves[1]


def test_a_missing_file_leads_to_the_reserve_and_may_turn_up(year: Year) -> None:
    file = pair(year)
    case = file.drawn_case.case
    scan(year, file, Move.MISS, note="民事柜第3层查两遍")
    assert AuditEvent.objects.get(action="miss_file").target == case.number
    assert "找到后请先在卷宗页登记" in refused(year, case.serial, Move.OUT)
    scan(year, file, Move.FOUND)
    scan(year, file, Move.OUT)
    assert custody(year.plan, CustodyFilter(place="hall")).shown[0].case == case


def test_the_file_of_a_replaced_case_has_to_come_back(year: Year) -> None:
    file = pair(year)
    case = file.drawn_case.case
    scan(year, file, Move.OUT)
    asked = request_replacement(
        file.drawn_case, kind="ineligible", reason="终止援助", by=year.bureau
    )
    confirm_replacement(asked, by=year.bureau2)
    row = next(row for row in custody(year.plan).rows if row.case == case)
    assert (row.drawn, row.standing.place) == (False, Place.HALL)
    assert "不能发给专家" in refused(year, case.serial, Move.GIVE, holder=file.leader)
    assert outstanding_files(year.plan) == [f"{case.label}号卷宗还在评估现场，没有还回档案室"]
    scan(year, file, Move.RETURN)
    assert case not in [row.case for row in custody(year.plan).rows]
    assert outstanding_files(year.plan) == []


def test_each_outstanding_file_blocks_the_closing_by_name(year: Year) -> None:
    first, second = pair(year), pair(year, 1)
    scan(year, first, Move.OUT, Move.GIVE)
    scan(year, second, Move.OUT)
    told = archive_page(plan_of(2031)).blockers
    name = first.leader.person.name
    assert f"{first.drawn_case.case.label}号卷宗还在{name}专家手中，没有还回档案室" in told
    assert f"{second.drawn_case.case.label}号卷宗还在评估现场，没有还回档案室" in told


def test_the_drawn_list_stays_secret_until_the_draw_is_signed() -> None:
    year = open_year()
    assert custody(year.plan).rows == []
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draw = ceremony(year, draw, seed=SEEDS["sample"], finish=False)
    assert custody(year.plan).rows == []
    draws.announce(draw, upto=10**6, by=year.bureau)
    draws.sign_draw(draw, by=year.bureau)
    rows = custody(year.plan).rows
    assert {row.case.pk for row in rows} == set(draw.cases.values_list("case_id", flat=True))
    assert [row.case.number for row in rows] == sorted(
        (row.case.number for row in rows), key=shelf_key
    )


def test_an_expert_reads_of_the_own_files_only(year: Year) -> None:
    file = pair(year)
    scan(year, file, Move.OUT, Move.GIVE)
    mine = make_user(Role.EXPERT, "e1", person=file.leader.person)
    other = make_user(Role.EXPERT, "e2", person=file.member.person)
    assert files_held(mine) == [file.drawn_case.case.label]
    assert files_held(other) == []
    assert files_held(make_user(Role.EXPERT, "e3")) == []


VALUES = {"move": "out", "source": "archive", "place": "hall", "ordinal": 1}


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"place": "archive"}, "movement_lawful"),
        ({"move": "give", "source": "hall", "place": "expert"}, "movement_follows"),
        ({"ordinal": 2}, "movement_follows"),
        ({"move": "miss", "place": "missing"}, "movement_missing_with_note"),
    ],
)
def test_the_database_refuses_a_broken_chain(year: Year, values: dict[str, Any], rule: str) -> None:
    case = pair(year).drawn_case.case
    row: dict[str, Any] = {**VALUES, "case": case, "at": plan_of(2031).now, "by": year.clerk}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        FileMovement.objects.create(**row | values)


def test_the_database_ties_the_holder_to_the_expert(year: Year) -> None:
    file = pair(year)
    row: dict[str, Any] = {**VALUES, "case": file.drawn_case.case, "by": year.clerk}
    row |= {"at": plan_of(2031).now, "holder": file.leader}
    with pytest.raises(IntegrityError, match="movement_holder_is_the_expert"), transaction.atomic():
        FileMovement.objects.create(**row)


def test_hand_overs_are_never_changed(year: Year) -> None:
    scan(year, pair(year), Move.OUT)
    for act in (lambda: FileMovement.objects.update(note="x"), FileMovement.objects.all().delete):
        with pytest.raises(DatabaseError, match="permission denied|一经记录"), transaction.atomic():
            act()
