"""Sixteen presses at the same moment, on real connections: exactly one list, one draw."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection

from evaluations.actions import draws
from evaluations.models import Draw, DrawEvent, DrawnCase, PanelMember, Plan
from evaluations.rules.seeds import commitment
from tests.evaluations.draw_year import SEEDS, Year, draw_experts, draw_sample, open_year
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)
PRESSES = 16
BUSY = "busy"


@pytest.fixture
def year() -> Year:
    return open_year(cases=40)


def press_together(act: Callable[[int], Any]) -> tuple[int, list[str]]:
    """Run the act in sixteen threads at once; how many went through, and the refusals."""
    barrier = Barrier(PRESSES)

    def press(number: int) -> str:
        try:
            barrier.wait(timeout=20)
            act(number)
        except RefusedError as error:
            return error.sentence
        except OperationalError as error:  # a busy machine: waited longer than `lock_timeout`
            if "lock timeout" not in str(error):
                raise
            return BUSY
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(PRESSES) as pool:
        answers = list(pool.map(press, range(PRESSES)))
    return answers.count(""), [answer for answer in answers if answer not in {"", BUSY}]


def test_one_list_is_sealed(year: Year) -> None:
    done, sentences = press_together(lambda _: draws.seal_frame(year.plan, by=year.bureau))
    assert done == 1
    assert {sentence[:21] for sentence in sentences} == {"抽选案件的名单已经封存，编号WZ-2031"}
    assert Draw.objects.count() == 1
    assert Plan.objects.get().stage == "sealed"


def test_one_draw_is_held(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    seed = SEEDS["sample"]
    draws.enter_seed(draw, digits=seed, source="d10", witnesses="甲", by=year.bureau)
    done, sentences = press_together(lambda _: draws.hold_draw(draw, digits=seed, by=year.clerk))
    assert done == 1
    assert {sentence[:16] for sentence in sentences} == {"WZ-2031-S1已经执行抽选"}
    assert DrawnCase.objects.count() == 20
    assert AuditEvent.objects.filter(action="hold_draw").count() == 1


def test_one_slip_is_shown() -> None:
    """Sixteen presses with sixteen values: the sealed one is that of the only slip."""
    year = open_year(cases=40, commitment=True)
    values = [f"{number:064x}" for number in range(PRESSES)]
    sealed: list[tuple[str, str]] = []

    def act(number: int) -> None:
        draw = draws.seal_frame(year.plan, by=year.bureau, secret=values[number])
        sealed.append((values[number], draw.commitment))

    done, sentences = press_together(act)
    assert (done, len(sealed)) == (1, 1)
    assert sealed[0][1] == commitment(sealed[0][0], draw="WZ-2031-S1")
    assert {sentence[:11] for sentence in sentences} == {"抽选案件的名单已经封存"}


def test_one_envelope_is_opened() -> None:
    """Right and wrong values at the same moment: the draw is held once, with the sealed value."""
    year = open_year(cases=40, commitment=True)
    draw = draws.seal_frame(year.plan, by=year.bureau, secret="a" * 64)
    draws.sign_sheet_a(draw, by=year.bureau)
    seed = SEEDS["sample"]
    draws.enter_seed(draw, digits=seed, source="d10", witnesses="甲", by=year.bureau)
    done, _ = press_together(
        lambda number: draws.hold_draw(
            draw, digits=seed, secret="ab"[number % 2] * 64, by=year.clerk
        )
    )
    draw.refresh_from_db()
    assert (done, draw.seed) == (1, f"{seed}+{'a' * 64}")
    assert (audited("hold_draw"), DrawnCase.objects.count()) == (1, 20)


def test_reading_together_makes_one_step(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    seed = SEEDS["sample"]
    draws.enter_seed(draw, digits=seed, source="d10", witnesses="甲", by=year.bureau)
    draws.hold_draw(draw, digits=seed, by=year.clerk)
    press_together(lambda _: draws.announce(draw, upto=1, by=year.clerk))
    draw.refresh_from_db()
    assert draw.announced == 1


def test_a_void_and_a_draw_do_not_both_happen(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    seed = SEEDS["sample"]
    draws.enter_seed(draw, digits=seed, source="d10", witnesses="甲", by=year.bureau)
    draws.request_void(draw, reason="骰子落地后被碰动", by=year.bureau)

    def act(number: int) -> None:
        if number % 2:
            draws.confirm_void(draw, by=year.leader)
        else:
            draws.hold_draw(draw, digits=seed, by=year.clerk)

    press_together(act)
    draw.refresh_from_db()
    assert draw.voided_at is not None
    assert Plan.objects.get().stage == "issued"
    assert DrawnCase.objects.of(Plan.objects.get()).count() == 0


def test_two_people_confirming_at_once_make_one_event(year: Year) -> None:
    ready = draw_sample(year)
    case = DrawnCase.objects.filter(draw=ready).first()
    assert case
    request = draws.request_replacement(case, kind="missing", reason="缺卷", by=year.bureau)
    people = [year.bureau2, year.clerk, year.leader]
    done, sentences = press_together(
        lambda number: draws.confirm_replacement(request, by=people[number % 3])
    )
    assert done == 1
    assert set(sentences) <= {"这一项已确认，不用再办。请刷新“换件换人”页。"}
    assert DrawEvent.objects.count() == 1
    assert DrawnCase.objects.filter(replaces=case).count() == 1


def test_confirming_and_taking_back_do_not_both_happen(year: Year) -> None:
    draw_sample(year)
    draw_experts(year)
    seat = PanelMember.objects.standing().filter(leads=False)[0]
    request = draws.request_withdrawal(
        year.plan, seat.expert, cause="declined", reason="出庭", by=year.bureau
    )

    def act(number: int) -> None:
        if number % 2:
            draws.confirm_replacement(request, by=year.leader)
        else:
            draws.take_back_replacement(request, by=year.bureau)

    done, _ = press_together(act)
    request.refresh_from_db()
    assert done == 1
    assert DrawEvent.objects.count() == (request.outcome == "confirmed")
    assert PanelMember.objects.standing().count() == 8


def typed(year: Year) -> Draw:
    """A sealed list with sheet A signed and the first typing done."""
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    seed = SEEDS["sample"]
    return draws.enter_seed(draw, digits=seed, source="d10", witnesses="甲", by=year.bureau)


def audited(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def test_sheet_a_is_signed_once(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    done, sentences = press_together(lambda _: draws.sign_sheet_a(draw, by=year.bureau))
    assert (done, audited("sign_sheet_a")) == (1, 1)
    assert set(sentences) == {"WZ-2031-S1的指纹单已经登记签名，请继续录入随机数。"}


def test_one_person_types_first(year: Year) -> None:
    """Two people with different digits: whoever comes first has typed, the other is second."""
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    seeds = {year.bureau: SEEDS["sample"], year.clerk: SEEDS["review"]}

    def act(number: int) -> None:
        by = year.clerk if number % 2 else year.bureau
        draws.enter_seed(draw, digits=seeds[by], source="d10", witnesses="甲", by=by)

    _, sentences = press_together(act)
    draw.refresh_from_db()
    assert draw.first_typed_by is not None
    assert draw.first_typing == seeds[draw.first_typed_by]
    assert {one[:4] for one in sentences} == {"第一遍已"}
    actors = AuditEvent.objects.filter(action="enter_seed").values_list("actor", flat=True)
    assert set(actors) == {draw.first_typed_by.username}


def test_signatures_lock_once(year: Year) -> None:
    draw = draws.hold_draw(typed(year), digits=SEEDS["sample"], by=year.clerk)
    draws.announce(draw, upto=99, by=year.bureau)
    done, sentences = press_together(lambda _: draws.sign_draw(draw, by=year.bureau))
    assert (done, audited("sign_draw")) == (1, 1)
    assert set(sentences) == {"WZ-2031-S1已经签名锁定，请到抽选记录打印或下载核验包。"}


def test_a_void_is_asked_for_once_and_confirmed_once(year: Year) -> None:
    draw = typed(year)
    reason = "骰子落地后被碰动"
    done, _ = press_together(lambda _: draws.request_void(draw, reason=reason, by=year.bureau))
    assert (done, audited("request_void")) == (1, 1)
    done, sentences = press_together(lambda _: draws.confirm_void(draw, by=year.leader))
    assert (done, audited("confirm_void")) == (1, 1)
    assert set(sentences) == {"WZ-2031-S1已作废，不能再办。请在抽选页看新的一次。"}
    assert audited("move_plan") == 2  # sealed, and back
