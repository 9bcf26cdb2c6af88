"""Before the first sheet: undertaking with its declarations, training, practice (article 9.3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.test import Client

from evaluations.actions import before
from evaluations.models import (
    DeclaredRelation,
    Item,
    Mark,
    ScoreSheet,
    Training,
    TrialSheet,
    Undertaking,
)
from evaluations.queries.before import seated_experts
from evaluations.rules.undertakings import CURRENT, WORDINGS
from experts.models import Recusal
from tests.evaluations.marking_year import YEAR, Hall, matched_hall, signed_in
from tests.people import words
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db
SIGN = "/score/undertaking/"
BOTH = {"secrecy": "on", "recusal": "on"}


def rows(*told: tuple[str, str, str]) -> dict[str, str]:
    """The declared relations as the page sends them."""
    sent = {"row-TOTAL_FORMS": "4", "row-INITIAL_FORMS": "0"}
    for place, (reason, target, note) in enumerate(told):
        sent |= {
            f"row-{place}-reason": reason, f"row-{place}-target": target,
            f"row-{place}-explanation": note,
        }  # fmt: skip
    return sent


def test_the_wordings_are_pinned() -> None:
    """Whoever changes a signed text breaks this: add a version instead."""
    assert {each.version: each.sha256 for each in WORDINGS} == {"2022-1": PINNED}
    assert CURRENT.text.startswith("保密承诺与回避声明 2022-1\n保密承诺\n1. 只按本年度评分标准")


PINNED = "fe87b859ae097c8fe8eb7acc1b43b6d2bc51b249e08be242e0775ae3cd5ee4a3"


def test_a_declared_relation_is_a_recusal_and_stands_on_the_paper() -> None:
    hall = matched_hall(cases=2)
    fresh = hall.leader
    client = signed_in(fresh)
    sent = BOTH | {"declares": "yes"} | rows(("kin", "承办人甲", "配偶"))
    assert client.post(SIGN, sent)["Location"] == SIGN
    recusal = Recusal.objects.get()
    assert (recusal.reason, recusal.source, recusal.explanation) == ("kin", "own", "配偶")
    assert DeclaredRelation.objects.get().recusal == recusal
    page = words(client.get(SIGN))
    for told in ("已签署", "近亲属：承办人甲（承办所）（配偶）", "第2022-1版"):
        assert told in page
    paper = Undertaking.objects.get(expert__person=fresh.person)
    assert (paper.declares, paper.text_sha256, paper.signed_by) == (True, CURRENT.sha256, fresh)
    staff = words(signed_in(hall.bureau).get(f"/y/{YEAR}/undertaking/{paper.expert_id}/"))
    assert "近亲属：承办人甲（承办所）（配偶）" in staff


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (BOTH | rows(), "还没有选，请选一项"),
        (BOTH | {"declares": "yes"} | rows(), "请在下面至少填一条"),
        (BOTH | {"declares": "no"} | rows(("adviser", "承办所", "")), "选了“没有”"),
        (BOTH | {"declares": "yes"} | rows(("kin", "承办人甲", "")), "必须写明是谁"),
        (BOTH | {"declares": "yes"} | rows(("kin", "没有这个人", "配偶")), "没有这个人"),
        ({"declares": "no", "secrecy": "on"} | rows(), "还不能签署"),
    ],
)
def test_what_does_not_agree_is_not_signed(sent: dict[str, str], sentence: str) -> None:
    hall = matched_hall(cases=1)
    client = signed_in(hall.leader)
    answer = client.post(SIGN, sent)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Undertaking.objects.exists()
    assert not Recusal.objects.exists()


def test_signing_begins_with_the_panels_and_is_for_who_sits_on_one() -> None:
    hall = matched_hall(cases=1)
    assert before.sign_undertaking(hall.plan, by=hall.leader).declares is False
    with pytest.raises(RefusedError, match="已经签署"):
        before.sign_undertaking(hall.plan, by=hall.leader)
    with pytest.raises(RefusedError, match="只有本年度聘请的评估专家"):
        before.sign_undertaking(hall.plan, by=hall.experts[3])
    page = words(signed_in(hall.member).get("/score/"))
    assert "签承诺书、申报回避" in page
    assert "签承诺书" not in words(signed_in(hall.leader).get("/score/"))


def test_a_signed_paper_and_its_relations_stay(django_user_model: Any) -> None:
    hall = matched_hall(cases=1)
    relation = {"reason": "adviser", "target": "承办所", "explanation": ""}
    before.sign_undertaking(hall.plan, by=hall.leader, relations=[relation])
    for table in ("evaluations_undertaking", "evaluations_declaredrelation"):
        for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with (
                pytest.raises(DatabaseError, match="permission denied|不能修改或删除"),
                transaction.atomic(),
            ):
                with connection.cursor() as cursor:
                    cursor.execute(sql)


def held(hall: Hall, **changes: Any) -> Training:
    told: dict[str, Any] = {
        "held_on": hall.plan.marking_from, "place": "会议室", "trainer": "科长",
        "notes": "会见笔录缺一次扣两分。\n页码写卷内页码。",
        "experts": seated_experts(hall.plan), "by": hall.staff["clerk"],
    }  # fmt: skip
    return before.hold_training(hall.plan, **(told | changes))


def test_training_is_recorded_with_who_came_and_read_by_the_experts() -> None:
    hall = matched_hall(cases=1)
    first, _ = seated_experts(hall.plan)
    training = held(hall, experts=[first])
    staff = words(signed_in(hall.bureau).get(f"/y/{YEAR}/training/"))
    assert "还没有参加培训专家1" in staff
    assert "到场：专家0" in staff
    expert = words(signed_in(hall.member).get(f"/y/{YEAR}/training/"))
    assert "会见笔录缺一次扣两分" in expert
    for hidden in ("还没有参加", "到场：", "评分前的准备"):
        assert hidden not in expert
    assert "专项培训的口径" in words(signed_in(hall.member).get("/score/"))
    again = held(hall, corrects=training)
    page = words(signed_in(hall.bureau).get(f"/y/{YEAR}/training/"))
    assert "这条记录已更正" in page
    assert "都参加过培训" in page
    with pytest.raises(RefusedError, match="已经更正过"):
        held(hall, corrects=training)
    assert again.corrects == training


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"notes": " "}, "写明培训讲定的口径"),
        ({"experts": []}, "勾选到场的专家"),
    ],
)
def test_an_empty_training_is_refused(changes: dict[str, Any], sentence: str) -> None:
    hall = matched_hall(cases=1)
    with pytest.raises(RefusedError, match=sentence) as refused:
        held(hall, **changes)
    assert refused.value.status == 422
    assert not Training.objects.exists()


def test_training_of_strangers_of_tomorrow_and_by_others_is_refused() -> None:
    hall = matched_hall(cases=1)
    stranger = hall.experts[3].person
    assert stranger is not None
    with pytest.raises(RefusedError, match="不在本年度的评估小组"):
        held(hall, experts=[stranger.expert])
    with pytest.raises(RefusedError, match="不能晚于今天"):
        held(hall, held_on=hall.plan.marking_from + timedelta(days=1))
    for user in (hall.leader, hall.staff["leader"], hall.staff["auditor"]):
        with pytest.raises(RefusedError, match="由公共法律服务科或法律援助中心登记") as refused:
            held(hall, by=user)
        assert refused.value.status == 403
    assert not Training.objects.exists()


def test_training_through_its_page() -> None:
    hall = matched_hall(cases=1)
    client = signed_in(hall.staff["clerk"])
    experts = [str(expert.pk) for expert in seated_experts(hall.plan)]
    sent = {
        "held_on": f"{hall.plan.marking_from:%F}", "place": "会议室", "trainer": "科长",
        "notes": "口径一", "experts": experts,
    }  # fmt: skip
    assert client.post(f"/y/{YEAR}/training/new/", sent | {"notes": ""}).status_code == 422
    assert client.post(f"/y/{YEAR}/training/new/", sent)["Location"] == f"/y/{YEAR}/training/"
    key = Training.objects.get().pk
    form = client.get(f"/y/{YEAR}/training/{key}/").content.decode()
    assert form.count("checked") == 2
    assert client.post(f"/y/{YEAR}/training/{key}/", sent | {"notes": "口径二"}).status_code == 302
    assert client.get(f"/y/{YEAR}/training/9999/").status_code == 404
    assert Training.objects.count() == 2


def sent_row(client: Client, item: int, **told: Any) -> Any:
    body = {"item": str(item), "version": "0", "deduction": "", **told}
    return client.post("/score/practice/save/", body, headers={"accept": "application/json"})


def counts() -> tuple[int, ...]:
    tables = (Item, Mark, ScoreSheet, TrialSheet)
    return tuple(model.objects.count() for model in tables)


def test_practice_is_the_real_page_and_leaves_nothing() -> None:
    hall = matched_hall(cases=1)
    client, rows_before = signed_in(hall.leader), counts()
    assert "先做一份演练卷" in words(client.get("/score/"))
    page = client.get("/score/practice/").content.decode()
    assert page.count('class="item"') == 5
    for marked in ("js/score.js", "data-score", "data-training", "这是演练卷"):
        assert marked in page
    assert sent_row(client, 1, deduction="0").json()["totals"]["scored_count"] == 1
    told = sent_row(client, 2, deduction="4", reasons="1", pages="7").json()
    assert (told["version"], told["totals"]["score"]) == (1, "96")
    assert sent_row(client, 2, deduction="9").status_code == 409
    assert sent_row(client, 3, deduction="99").status_code == 422
    assert sent_row(client, 4, state="na").status_code == 422
    assert sent_row(client, 9, deduction="0").status_code == 422
    assert client.post("/score/practice/seal/")["Location"] == "/score/practice/check/"
    assert "还没有评" in words(client.get("/score/practice/check/"))
    sent_row(client, 4, state="na", note="调解结案未开庭")
    sent_row(client, 3, deduction="0")
    graded = sent_row(client, 5, deduction="0").json()["totals"]
    assert (graded["grade"], graded["score"]) == ("优良", "95")
    assert client.post("/score/practice/seal/")["Location"] == "/score/"
    assert "先做一份演练卷" not in words(client.get("/score/"))
    assert counts() == rows_before
    assert Session.objects.get(pk=client.session.session_key).get_decoded().get("practice") is None
    assert AuditEvent.objects.filter(action="finish_practice").count() == 1


def test_practice_without_script_and_again() -> None:
    hall = matched_hall(cases=1)
    client = signed_in(hall.leader)
    whole = {f"{name}-{n}": "" for n in range(1, 6) for name in ("ded", "pages", "note")}
    whole |= {f"version-{n}": "0" for n in range(1, 7)} | {f"ded-{n}": "0" for n in range(1, 6)}
    answer = client.post("/score/practice/save/", whole | {"action": "check"})
    assert answer["Location"] == "/score/practice/check/"
    assert "总分100" in words(client.get("/score/practice/check/"))
    assert client.post("/score/practice/again/")["Location"] == "/score/practice/"
    assert "已评0/5项" in words(client.get("/score/practice/"))


def test_practice_is_the_expert_s_own() -> None:
    hall = matched_hall(cases=1)
    sent_row(signed_in(hall.leader), 1, deduction="0")
    assert "已评0/5项" in words(signed_in(hall.member).get("/score/practice/"))
    with pytest.raises(RefusedError, match="供评估专家使用"):
        before.finish_practice(by=hall.bureau)
