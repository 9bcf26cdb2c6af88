"""试评: shared files before the start, blind until the end, kept out of every result."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from cases.models import Case, CaseHandler, Exclusion, Frame
from evaluations.actions import before, marking, trial
from evaluations.actions.standards import adopt_standard
from evaluations.models import (
    DrawnCase,
    Grading,
    Item,
    Mark,
    ScoreSheet,
    ScoringStandard,
    Trial,
    TrialFile,
    TrialSheet,
)
from evaluations.queries.allowances import allowance_sheet
from evaluations.queries.trial import candidates, trial_overview
from tests.evaluations.marking_year import (
    YEAR,
    Hall,
    matched_hall,
    open_hall,
    seal_both,
    signed_in,
)
from tests.people import words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Person, User

pytestmark = pytest.mark.django_db
REASON = "去年分歧最大的类型"
CANARY = "金丝雀第七号"


def spare(hall: Hall, serial: int = 901, *, excluded: bool = True, **fields: Any) -> Case:
    """A case of the year that was left out because the city took it."""
    number = f"渝万援民〔{YEAR}〕{serial}号"
    like = hall.cases[0]
    case = Case.objects.create(
        frame=fields.pop("frame", hall.plan.frame), batch=like.batch, serial=serial,
        number=number, number_original=number, key=number, skeleton=f"S{serial}",
        kind="civil", stage="一审", cause="合同纠纷", firm=like.firm,
        closed_on=date(YEAR, 5, 18), row=serial, **fields,
    )  # fmt: skip
    CaseHandler.objects.create(case=case, person=Person.objects.get(code="H1"))
    if excluded:
        Exclusion.objects.create(
            frame=hall.plan.frame, case=case, number_original=number, key=case.key,
            code="city", reason="市抽评", document="函",
        )  # fmt: skip
    return case


def trial_hall(files: int = 1, **values: Any) -> Hall:
    """A year at 已匹配, both experts signed, the trial open."""
    hall = matched_hall(cases=2, **values)
    cases = [spare(hall, 901 + place) for place in range(files)]
    for user in (hall.leader, hall.member):
        before.sign_undertaking(hall.plan, by=user)
    trial.open_trial(
        hall.plan, numbers=[case.number for case in cases], reason=REASON, by=hall.bureau
    )
    return hall


def own(user: User, ordinal: int = 1) -> TrialSheet:
    return TrialSheet.objects.get(expert__person=user.person, file__ordinal=ordinal)


def row(hall: Hall, number: str, amount: str | None, **told: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {
        "item": hall.item(number), "state": "", "reasons": (), "pages": "", "note": "",
        "version": 0, "deduction": None if amount is None else Decimal(amount),
    }  # fmt: skip
    if amount and Decimal(amount):
        blank |= {"reasons": (2,), "pages": "17"}
    return blank | told


def fill(hall: Hall, user: User, ordinal: int = 1, *, lose: str = "0", note: str = "") -> None:
    rows = [row(hall, "A1", lose, note=note), row(hall, "B1", "0"), row(hall, "B2", "0")]
    trial.save_trial_rows(own(user, ordinal), rows=rows, by=user)


def sealed(hall: Hall, user: User, ordinal: int = 1, *, lose: str = "0") -> TrialSheet:
    fill(hall, user, ordinal, lose=lose)
    return trial.seal_trial(own(user, ordinal), by=user)


def test_opening_gives_every_expert_a_sheet_and_locks_the_standard() -> None:
    hall = trial_hall(files=2)
    assert TrialSheet.objects.count() == 4
    assert ScoringStandard.objects.get(pk=hall.standard.pk).locked_at is not None
    told = AuditEvent.objects.get(action="open_trial").detail
    assert told == {"files": 2, "experts": 2, "reason": REASON}
    with pytest.raises(RefusedError, match="已经开始过"):
        trial.open_trial(hall.plan, numbers=["x"], reason=REASON, by=hall.bureau)


def test_only_files_that_can_never_be_drawn_and_that_nobody_must_avoid() -> None:
    hall = matched_hall(cases=1)
    free, drawable = spare(hall), spare(hall, 902, excluded=False)
    earlier_frame = Frame.objects.create(
        year=YEAR - 1, window_from=date(YEAR - 1, 1, 1), window_to=date(YEAR - 1, 7, 31),
        rehearsal=True,
    )  # fmt: skip
    earlier = spare(hall, 903, excluded=False, frame=earlier_frame)
    barred = spare(hall, 904)
    person = hall.member.person
    assert person is not None
    Case.objects.filter(pk=barred.pk).update(firm=person.firm)
    assert [(one.number, one.barred) for one in candidates(hall.plan)] == [
        (free.number, ()), (barred.number, ("专家1",)), (earlier.number, ()),
    ]  # fmt: skip
    for numbers, sentence in (
        ([drawable.number], "只能选不会被抽中的案件"),
        ([hall.cases[0].number], "只能选不会被抽中的案件"),
        ([barred.number], "专家1与这件案件应当回避"),
        ([], "选一至四件"),
        ([f"{n}号" for n in range(5)], "选一至四件"),
    ):
        with pytest.raises(RefusedError, match=sentence) as refused:
            trial.open_trial(hall.plan, numbers=numbers, reason=REASON, by=hall.bureau)
        assert refused.value.status == 422
    with pytest.raises(RefusedError, match="为什么选这几件"):
        trial.open_trial(hall.plan, numbers=[free.number], reason=" ", by=hall.bureau)
    assert not Trial.objects.exists()


def test_only_the_bureau_opens_and_ends_a_trial() -> None:
    hall = trial_hall()
    for user in (hall.leader, *(u for name, u in hall.staff.items() if name != "bureau")):
        with pytest.raises(RefusedError, match="试评由公共法律服务科") as refused:
            trial.close_trial(hall.plan, reason="急", by=user)
        assert refused.value.status == 403
    assert Trial.objects.get().closed_at is None


def test_the_database_keeps_trial_files_out_of_the_sample() -> None:
    hall = trial_hall()
    file = TrialFile.objects.get()
    with pytest.raises(IntegrityError, match="不能再作评估样本"), transaction.atomic():
        DrawnCase.objects.create(
            draw=hall.drawn().draw, case=file.case, rank=99, stratum="civil", ticket="9" * 64
        )
    with pytest.raises(IntegrityError, match="抽中的案件不能作试评卷宗"), transaction.atomic():
        TrialFile.objects.create(trial=file.trial, case=hall.cases[0], ordinal=2, scope="民事")


def test_who_has_not_signed_does_not_open_a_file() -> None:
    hall = matched_hall(cases=1)
    case = spare(hall)
    trial.open_trial(hall.plan, numbers=[case.number], reason=REASON, by=hall.bureau)
    client = signed_in(hall.leader)
    assert client.get(f"/score/trial/{YEAR}/1/")["Location"] == "/score/undertaking/"
    with pytest.raises(RefusedError, match="先阅读并签署"):
        fill(hall, hall.leader)
    assert own(hall.leader).marks == {}


def test_saving_follows_the_rules_of_the_real_sheet() -> None:
    hall = trial_hall()
    sheet = own(hall.leader)
    saved = trial.save_trial_rows(sheet, rows=[row(hall, "A1", "5")], by=hall.leader)
    assert saved.version == 1
    for bad, sentence in (
        (row(hall, "A1", "6"), "在另一窗口改过"),
        (row(hall, "B1", "31"), "满分30分"),
        (row(hall, "B1", None, state="na"), "写明原因"),
        (row(hall, "Z1", "0"), "只记成立或不成立"),
    ):
        with pytest.raises(RefusedError, match=sentence):
            trial.save_trial_rows(sheet, rows=[bad], by=hall.leader)
    with pytest.raises(RefusedError, match="没有分给你的这份试评表") as refused:
        trial.save_trial_rows(sheet, rows=[row(hall, "B1", "0")], by=hall.member)
    assert refused.value.status == 404
    assert set(own(hall.leader).marks) == {str(hall.item("A1").pk)}
    with pytest.raises(RefusedError, match="还不能封存，有2处要改"):
        trial.seal_trial(sheet, by=hall.leader)


def test_nobody_reads_a_trial_score_before_all_have_sealed() -> None:
    hall = trial_hall()
    fill(hall, hall.leader, lose="37.25", note=CANARY)
    trial.seal_trial(own(hall.leader), by=hall.leader)
    fill(hall, hall.member, lose="41.75", note=CANARY)
    address = f"/y/{YEAR}/trial/"
    for user in (hall.member, hall.experts[2], *hall.staff.values()):
        client = signed_in(user)
        for path in (address, f"/y/{YEAR}/scoring/", "/audit/", f"/y/{YEAR}/", "/score/"):
            page = client.get(path).content.decode()
            for secret in (CANARY, "37.25", "62.75", "41.75"):
                assert secret not in page, (user.username, path)
    page = words(signed_in(hall.bureau).get(address))
    assert "专家0已交专家1草稿" in page
    assert "已交1/2份" in page
    assert "已交专家1" not in words(signed_in(hall.member).get(address))
    assert signed_in(hall.experts[2]).get(f"/score/trial/{YEAR}/1/").status_code == 404


def test_the_last_seal_ends_the_trial_and_shows_the_comparison() -> None:
    hall = trial_hall()
    sealed(hall, hall.leader, lose="37.25")
    trial.save_trial_rows(
        own(hall.member), by=hall.member,
        rows=[row(hall, "A1", "15"), row(hall, "B1", None, state="na", note="无庭审"),
              row(hall, "B2", "0")],
    )  # fmt: skip
    trial.seal_trial(own(hall.member), by=hall.member)
    page = trial_overview(hall.plan)
    assert page.trial is not None
    assert (page.trial.closed_reason, page.unsealed) == ("全部封存", [])
    (file,) = page.files
    assert (file.totals, file.grades) == (["62.75", "78.57"], ["合格", "合格"])
    assert (file.low, file.high, file.crosses) == (Decimal("62.75"), Decimal("78.57"), ())
    assert [(i.number, i.cells, i.spread, i.split) for i in file.items] == [
        ("B1", ["0", "不适用"], Decimal(0), True),
        ("A1", ["−37.25", "−15"], Decimal("22.25"), False),
        ("B2", ["0", "0"], Decimal(0), False),
        ("Z1", ["—", "—"], Decimal(0), False),
    ]
    for user in (hall.member, hall.bureau, hall.staff["auditor"]):
        told = words(signed_in(user).get(f"/y/{YEAR}/trial/"))
        for sentence in ("62.75", "记法不同", "不能说明谁宽谁严", "2项完全一致"):
            assert sentence in told


def test_ended_early_the_unsealed_sheet_stays_unread_and_takes_nothing_more() -> None:
    hall = trial_hall()
    sealed(hall, hall.leader, lose="20.5")
    fill(hall, hall.member, lose="41.75")
    with pytest.raises(RefusedError, match="提前结束请写明原因"):
        trial.close_trial(hall.plan, reason=" ", by=hall.bureau)
    client = signed_in(hall.bureau)
    assert client.post(f"/y/{YEAR}/trial/close/", {"reason": "一人请假"}).status_code == 302
    page = words(client.get(f"/y/{YEAR}/trial/"))
    assert "79.5" in page
    assert "41.75" not in page
    assert "专家1没有全部封存" in page
    for act in (
        lambda: trial.save_trial_rows(own(hall.member), rows=[], by=hall.member),
        lambda: trial.seal_trial(own(hall.member), by=hall.member),
    ):
        with pytest.raises(RefusedError, match="试评已经结束"):
            act()
    with pytest.raises(IntegrityError, match="试评已经结束"), transaction.atomic():
        TrialSheet.objects.filter(expert__person=hall.member.person).update(comment="x")


def test_a_sealed_trial_sheet_is_sealed() -> None:
    hall = trial_hall(files=2)
    sheet = sealed(hall, hall.leader)
    with pytest.raises(RefusedError, match="已封存，不能再改"):
        fill(hall, hall.leader, lose="1")
    with pytest.raises(DatabaseError, match="任何人不能修改"), transaction.atomic():
        TrialSheet.objects.filter(pk=sheet.pk).update(total=1)
    with pytest.raises(DatabaseError, match="不能删除"), transaction.atomic():
        TrialSheet.objects.filter(pk=sheet.pk).delete()


def test_the_start_waits_for_the_trial_and_nothing_of_it_counts() -> None:
    hall = trial_hall()
    with pytest.raises(RefusedError, match="试评还没有结束"):
        marking.open_marking(hall.plan, by=hall.bureau)
    other = short_standard_again()
    with pytest.raises(RefusedError, match="试评还在进行，现在不能改选评分标准"):
        adopt_standard(hall.plan, standard=other, by=hall.bureau)
    sealed(hall, hall.leader, lose="40")
    sealed(hall, hall.member, lose="50")
    adopt_standard(hall.plan, standard=other, by=hall.bureau)
    hall.plan = marking.open_marking(hall.plan, by=hall.bureau)
    assert (ScoreSheet.objects.count(), Mark.objects.count(), Grading.objects.count()) == (4, 0, 0)
    assert {sheet.standard for sheet in ScoreSheet.objects.all()} == {other}
    hall.standard = other
    seal_both(hall, 1)
    assert [line.sheets for line in allowance_sheet(hall.plan).lines] == [1, 1]


def short_standard_again() -> ScoringStandard:
    first = ScoringStandard.objects.get()
    made = ScoringStandard.objects.create(name="新标准", version=1, sha256="b" * 64)
    for band in first.bands.all():
        band.pk, band.standard = None, made
        band.save()
    for item in first.items.prefetch_related("reasons"):
        reasons = list(item.reasons.all())
        item.pk, item.standard = None, made
        item.save()
        for reason in reasons:
            reason.pk, reason.item = None, item
            reason.save()
    return made


def test_the_trial_through_its_pages() -> None:
    hall = matched_hall(cases=1)
    case = spare(hall)
    for user in (hall.leader, hall.member):
        before.sign_undertaking(hall.plan, by=user)
    bureau = signed_in(hall.bureau)
    assert "本年度没有试评" in words(bureau.get(f"/y/{YEAR}/trial/"))
    assert case.number in words(bureau.get(f"/y/{YEAR}/trial/open/"))
    empty = bureau.post(f"/y/{YEAR}/trial/open/", {"reason": REASON})
    assert (empty.status_code, Trial.objects.count()) == (422, 0)
    sent = {"numbers": [case.number], "reason": REASON}
    assert bureau.post(f"/y/{YEAR}/trial/open/", sent)["Location"] == f"/y/{YEAR}/trial/"
    client = signed_in(hall.leader)
    assert "试评1" in words(client.get("/score/"))
    address = f"/score/trial/{YEAR}/1/"
    page = client.get(address).content.decode()
    for marked in ("js/score.js", "这是试评", "项目B2"):
        assert marked in page
    assert "承办人甲" not in page
    items = {name: Item.objects.get(number=name).pk for name in ("A1", "B1", "B2")}
    accept = {"accept": "application/json"}
    body = {"item": str(items["A1"]), "version": "0", "deduction": "0"}
    told = client.post(f"{address}save/", body, headers=accept).json()
    assert (told["version"], told["totals"]["scored_count"]) == (1, 1)
    whole = {"action": "check"}
    for name, version in (("A1", "1"), ("B1", "0"), ("B2", "0")):
        key = items[name]
        whole |= {f"ded-{key}": "0", f"version-{key}": version}
    assert client.post(f"{address}save/", whole)["Location"] == f"{address}check/"
    assert "总分100" in words(client.get(f"{address}check/"))
    assert client.post(f"{address}seal/")["Location"] == f"/y/{YEAR}/trial/"
    assert own(hall.leader).grade == "优良"
    assert signed_in(hall.member).post(f"{address}seal/")["Location"] == f"{address}check/"


def test_pages_cost_the_same_for_more_files(django_assert_num_queries: Any) -> None:
    hall = trial_hall(files=3)
    for ordinal in (1, 2, 3):
        for user in (hall.leader, hall.member):
            sealed(hall, user, ordinal)
    client = signed_in(hall.bureau)
    client.get(f"/y/{YEAR}/trial/")  # the locked standard is read once per process
    with django_assert_num_queries(10):
        client.get(f"/y/{YEAR}/trial/")


def test_after_the_start_trial_sheets_are_closed() -> None:
    hall = open_hall(cases=1)
    case = spare(hall)
    with pytest.raises(RefusedError, match="现在是“评分中”阶段"):
        trial.open_trial(hall.plan, numbers=[case.number], reason=REASON, by=hall.bureau)
    assert not Trial.objects.exists()
