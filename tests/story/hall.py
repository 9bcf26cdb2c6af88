"""评分与合议: every expert at an own browser, the whole sheet sent without scripts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from appeals.rehearsal.people import account_of
from evaluations.models import DrawnCase, Plan, ScoreSheet
from experts.models import Expert
from tests.story.people import Office, Y
from tests.story.person import Form, Person

SHEET = re.compile(r"/score/2022/(\d+)/(?:review/)?$")
Losses = Mapping[int, tuple[int, int]]
"""Marks lost by serial: in the leader's eyes and in the other's."""
Work = Mapping[int, tuple[str, int]]
"""What an expert has to do: the set of items and the marks lost, by serial."""
Pairs = Mapping[int, tuple[Person, Person]]
"""Leader and other of each case by serial."""


def plan_losses(plan: Plan) -> dict[int, tuple[int, int]]:
    """Plausible results: most 优良, some 合格, four pairs that differ, three 不合格."""
    serials = sorted(DrawnCase.objects.of(plan).values_list("case__serial", flat=True))
    losses = {}
    for place, serial in enumerate(serials):
        if place % 19 == 3:
            losses[serial] = (6, 24)
        elif place % 25 == 5:
            losses[serial] = (45, 48)
        else:
            losses[serial] = (25, 30) if place % 7 == 0 else (2, place % 5)
    return losses


def grade_of(lost: int) -> str:
    """等次 of a total out of 100: 优良 from 80, 合格 from 60."""
    return "优良" if lost <= 20 else "合格" if lost <= 40 else "不合格"


def open_marking(office: Office) -> None:
    """开始评分: 152 sheets; a second press is refused."""
    page = office.bureau.open(f"{Y}/scoring/")
    form = page.forms
    page.press("开始评分").reads("评分已开始", "152 份评分表已交 0 份", "未评 152 份")
    again = next(each for each in form if each.button("开始评分"))
    page.send(again, status=409)


def arrive(office: Office, expert: Expert) -> Person:
    """An expert logs in and signs the undertaking before the first sheet."""
    person = office.expert(account_of(expert))
    person.open("/score/undertaking/").press("签署承诺书", status=422)
    person.press("签署承诺书", declares="no", secrecy="on", recusal="on").reads("承诺书已签署")
    return person


def score_queue(person: Person, work: Work) -> int:
    """Score sheet after sheet as the queue leads on; the number of sealed sheets.

    The first sheet of each kind is read and checked on the page; the others are sent at once,
    for their form has the same fields.
    """
    person.open("/score/")
    person.follow(next(each for each in person.links if each.startswith("开始评")))
    done, forms, place = 0, dict[str, Form](), person.path
    while found := SHEET.search(place):
        scope, lost = work[int(found[1])]
        if scope in forms:
            place = send_sheet(person, place, forms[scope], lose=lost)
        else:
            forms[scope] = person.open(place).form("提交并评下一件")
            score_sheet(person, lose=lost)
            place = person.path
        done += 1
    return done


def score_sheet(person: Person, *, lose: int) -> None:
    """Fill in the whole sheet on the page, check it, seal it."""
    typed = dict(deductions(person.form("提交并评下一件"), lose=lose))
    person.press("提交并评下一件", typed)
    person.reads(f"总分 {100 - lose}，对应", f"{grade_of(lose)}。扣分")
    person.press("封存评分表")


def send_sheet(person: Person, place: str, form: Form, *, lose: int) -> str:
    """The same by two requests; where the second one leads."""
    given = {**form.fields, **dict(deductions(form, lose=lose)), "action": "check"}
    assert person.post(f"{place}save/", given) == f"{place}check/"
    token = {"csrfmiddlewaretoken": form.fields["csrfmiddlewaretoken"]}
    return person.post(f"{place}seal/", token)


def deductions(form: Form, *, lose: int) -> list[tuple[str, str]]:
    """What is typed to lose so many marks: whole items from the top, with reason and page."""
    left, typed = Decimal(lose), []
    for item, full in form.full_marks.items():
        amount = min(left, full)
        left -= amount
        typed.append((f"ded-{item}", str(amount)))
        if amount:  # the last reason of an item is 其他（写明理由）
            typed.append((f"reason-{item}", form.boxes[f"reason-{item}"][-1]))
            typed += [(f"pages-{item}", "17"), (f"note-{item}", "卷内无此材料")]
    assert not left, "too much to lose"
    return typed


def score_all(office: Office, losses: Losses) -> Pairs:
    """Leaders first, then the others; nobody sees the partner's sheet before both are sealed.

    Where a member is recused from a case, an alternate holds the sheet and the other leads.
    """
    sheets = ScoreSheet.objects.select_related("drawn_case__case", "expert__person__firm")
    work: dict[Expert, dict[int, tuple[str, int]]] = {}
    leads: Counter[Expert] = Counter()
    for sheet in sheets:
        serial = sheet.drawn_case.case.serial
        lost = losses[serial][0 if sheet.leads else 1]
        work.setdefault(sheet.expert, {})[serial] = (sheet.scope, lost)
        leads[sheet.expert] += 1 if sheet.leads else -1
    done = 0
    for expert in sorted(work, key=lambda each: (leads[each] <= 0, each.pk)):
        if leads[expert] <= 0 and done and not office.seen:
            nobody_sees(office, sealed=done)
        sealed = score_queue(arrive(office, expert), work[expert])
        assert sealed == len(work[expert])
        done += sealed
    assert sheets.filter(sealed=True).count() == done == 152
    return pairs_of(office)


def pairs_of(office: Office) -> Pairs:
    """Leader and other of every case, at their browsers."""
    pairs: dict[int, tuple[Person, ...]] = {}
    sheets = ScoreSheet.objects.select_related("drawn_case__case", "expert__person__firm")
    for sheet in sheets.order_by("drawn_case__case__serial", "-leads"):
        person = office.expert(account_of(sheet.expert))
        serial = sheet.drawn_case.case.serial
        pairs[serial] = (*pairs.get(serial, ()), person)
    return {serial: (leader, other) for serial, (leader, other) in pairs.items()}


def nobody_sees(office: Office, *, sealed: int) -> None:
    """With one sheet of each pair sealed, no page of anybody shows a score or a grade."""
    office.seen = True
    for person in (office.bureau, office.leader, office.auditor):
        person.open(f"{Y}/settle/").reads("评分表还没交齐 76 件")
        assert "优良" not in person.text
    office.bureau.open(f"{Y}/scoring/").reads(f"152 份评分表已交 {sealed} 份")
    own = ScoreSheet.objects.filter(sealed=True).select_related("drawn_case__case", "expert")[0]
    serial = own.drawn_case.case.serial
    office.expert(account_of(own.expert)).open(f"/settle/2022/{serial}/", status=404)
    office.bureau.open(f"/score/2022/{serial}/", status=403)


def deliberate(pairs: Pairs, losses: Losses) -> dict[str, int]:
    """Same grades are confirmed at once; different ones agreed, or ruled by the leader."""
    ways = {"at_once": 0, "agreed": 0, "ruling": 0}
    for leader in {id(leader): leader for leader, _ in pairs.values()}.values():
        leader.open("/settle/").press("确认全部一致案件")
        found = re.search(r"(\d+)件两评一致", leader.text)
        assert found, leader.text
        ways["at_once"] += int(found[1])
    for serial, (leader, member) in pairs.items():
        if differs(losses[serial]):
            agree = ways["agreed"] <= ways["ruling"]
            settle_differing(leader, member, f"/settle/2022/{serial}/", agree=agree)
            ways["agreed" if agree else "ruling"] += 1
    return ways


def differs(lost: tuple[int, int]) -> bool:
    """Whether the pair's grades differ."""
    return grade_of(lost[0]) != grade_of(lost[1])


def settle_differing(leader: Person, member: Person, page: str, *, agree: bool) -> None:
    """The leader proposes; the other agrees, or the leader rules and the dissent stays."""
    grade = "优良" if agree else "合格"
    proposal = {"propose-grade": grade, "propose-reason": "扣分事实有卷宗页码为据"}
    leader.open(page).press("提出等次", proposal)
    member.open(page)
    if agree:
        member.press("答复对方", answer="agree").reads("已协商一致")
        return
    member.press("答复对方", answer="disagree", status=422)
    member.open(page).press("答复对方", answer="disagree", reason="可以从轻")
    member.reads("不同意见已记录")
    ruling = {"rule-grade": grade, "rule-reason": "核对卷宗后按标准确定"}
    leader.open(page).press("以组长意见定等次", ruling).reads("已按组长意见定等次")


def close_marking(office: Office) -> None:
    """结束评估 on the last afternoon."""
    office.clock("2022-08-26 17:30")
    office.bureau.open(f"{Y}/scoring/").press("结束评估").reads("评估已结束")
