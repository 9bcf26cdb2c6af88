"""审定、公布、异议、复评、反馈、追回、补贴、归档."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Count, Q
from django.test import Client

from appeals.models import Recovery
from appeals.rehearsal.people import PASSWORD, account_of
from evaluations.models import DrawnCase, PanelMember, Plan, ScoreSheet
from evaluations.queries.results import graded_cases
from experts.models import Expert
from tests.story import ceremony, hall
from tests.story.people import Office, Y
from tests.story.person import Person
from wanzhou_eval.actions import link_account
from wanzhou_eval.models import Role, User

PUBLISHED = {"site": "区政府门户网站基层政务公开版块", "evidence": "截图2022-031"}
STATEMENT = "会见和阅卷均有记录，归档时漏装一份会见笔录，现补交说明，请予复核。"


def approve(office: Office) -> None:
    """送审; 局领导 approves and can change no grade; the bureau cannot approve its own sheet."""
    office.clock("2022-08-30 09:00")
    office.bureau.open(f"{Y}/publish/").reads("局领导尚未同意公布")
    office.bureau.open(f"{Y}/review/").press("送局领导审定").reads("已送局领导审定")
    page = office.leader.open(f"{Y}/review/")
    page.press("三项都同意").reads("审定意见已记录")


def publish(office: Office, plan: Plan) -> None:
    """公布 on the last day of the five working days; the masked list is open to anybody."""
    office.clock("2022-09-02 10:00")
    page = office.bureau.open(f"{Y}/publish/").press("公布结果", PUBLISHED)
    page.reads("申辩到9月9日（周五） 24:00 止", "在期限内")
    assert len(public_rows()) == 76
    names = {case.case.recipient for case in DrawnCase.objects.of(plan).select_related("case")}
    listed = " ".join(public_rows())
    assert not [name for name in names if len(name) > 1 and name in listed]


def public_rows(number: str = "") -> list[str]:
    """Lines of the public page, read without an account."""
    response = Client().get("/public/2022/", {"number": number} if number else {})
    assert response.status_code == 200
    table = response.content.decode().partition("<h2>评估结果")[2]
    body = table.partition("<tbody")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr.*?</tr>", body, flags=re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def handler_of(case: DrawnCase, *, username: str) -> Person:
    """The handler of a drawn case at the own browser."""
    person = case.case.handlers.select_related("person__firm").order_by("pk")[0].person
    user = User.objects.filter(person=person).first()
    if user is None:
        user = User.objects.create_user(
            username, PASSWORD, name=person.name, role=Role.HANDLER, rehearsal=True
        )
        link_account(user, person=person, by=None)
    return Person(user.username)


def case_graded(plan: Plan, grade: str, *, skip: Iterable[int] = ()) -> DrawnCase:
    """The first case of a grade whose handlers have not appealed yet."""
    cases = [case for case in graded_cases(plan) if getattr(case, "grade", "") == grade]
    return next(case for case in cases if case.case.serial not in skip)


def appeal(office: Office, case: DrawnCase, *, username: str) -> str:
    """The handler appeals online, once; the address of the appeal for the office."""
    handler, serial = handler_of(case, username=username), case.case.serial
    handler.open("/my/").open(f"/my/2022/{serial}/").follow("提出异议")
    ground = next(n for form in handler.forms for n in form.names if n.startswith("ground"))
    handler.press("提交异议申辩", status=422, statement=STATEMENT)
    typed = {"statement": STATEMENT, ground: "会见笔录在副卷第12页，请核对。"}
    handler.press("提交异议申辩", typed).reads("异议申辩已收到", "应在9月21日（周三）前反馈")
    handler.open(f"/my/2022/{serial}/appeal/")
    handler.press("提交异议申辩", typed, status=409).reads("这份申辩意见已经提交过")
    assert Client().get(f"/my/2022/{serial}/").status_code == 302  # nobody without an account
    page = office.clerk.open(f"{Y}/appeals/")
    found = re.search(rf'/y/2022/appeals/(\d+)/"[^>]*>{case.case.label}<', page.source)
    assert found, page.text
    return f"{Y}/appeals/{found[1]}/"


def too_late(office: Office, case: DrawnCase) -> None:
    """At 24:00 of the last day the period is over: 不予受理, on record, 409."""
    office.clock("2022-09-10 00:00")
    handler = handler_of(case, username="handler9")
    handler.open(f"/my/2022/{case.case.serial}/appeal/", status=200)
    typed = {"statement": STATEMENT, "ground-0": "逾期的理由"}
    handler.press("提交异议申辩", typed, status=409).reads("不予受理")


def review(office: Office, page: str, case: DrawnCase, *, digits: str, lose: int) -> None:
    """A fresh panel is drawn, signs, scores blind and settles."""
    office.bureau.open(page).press("封存复评组抽选名单")
    console = office.bureau.path
    ceremony.hold(office, console, digits=digits)
    office.bureau.open(page).press("组成复评组").reads("复评组已组成")
    sheets = ScoreSheet.objects.filter(drawn_case=case, round="review")
    first = set(case.sheets.filter(round="first").values_list("expert", flat=True))
    people = {}
    for sheet in sheets.select_related("expert__person__firm"):
        assert sheet.expert_id not in first
        people[sheet.leads] = person = ready(office, sheet.expert)
        person.open(f"/score/2022/{case.case.serial}/review/")
        hall.score_sheet(person, lose=lose)
    settle = f"/settle/2022/{case.case.serial}/review/"
    people[True].open(settle).press("确认两评一致").reads("已定等次")


def ready(office: Office, expert: Expert) -> Person:
    """A reviewer at the browser, the undertaking signed."""
    person = office.expert(account_of(expert)).open("/score/undertaking/")
    if "签署承诺书" in person.buttons:
        person.press("签署承诺书", declares="no", secrecy="on", recusal="on")
    return person


def answer(office: Office, page: str, *, at: str, said: str) -> None:
    """反馈审查结果 within ten working days."""
    office.clock(at)
    bureau = office.bureau.open(page)
    views = dict.fromkeys(names_of(bureau, "view-"), "经核对卷宗，意见如审查结论。")
    bureau.press("反馈审查结果", views, reason="复评组重新审查全卷后定级。").reads(said)


def names_of(person: Person, prefix: str) -> list[str]:
    """Names of the fields of the page that begin so."""
    return [n for form in person.forms for n in form.names if n.startswith(prefix)]


def consequences(office: Office) -> None:
    """追回 and 履职调查 of every final 不合格, to the end; amounts come from the ledger."""
    page = office.bureau.open(f"{Y}/consequences/").press("启动问题处理")
    while "登记移送" in page.buttons:
        page.press("登记移送", body="区律师协会", transferred_on="2022-09-28")
        page.press("办结履职调查", outcome="约谈提醒", evidence="约谈记录1号")
    while "登记追回通知" in page.buttons:
        page.press("登记追回通知", notice="万州司追〔2022〕1号", due_on="2022-10-10")
        found = re.search(r"/consequences/(\d+)/payment/", page.source)
        assert found, page.text
        due = Recovery.objects.get(drawn_case__case__serial=found[1])
        paid = {"paid_on": "2022-09-28", "evidence": "缴款书001"}
        page.press("登记收回", paid, amount=str(due.amount + 1), status=422)
        page.open(f"{Y}/consequences/").press("登记收回", paid, amount=str(due.amount))
    while "登记整改通知" in page.buttons:
        page.press("登记整改通知", notice="整改1号", demand="补正卷宗", due_on="2022-10-10")
        proof = {"received_on": "2022-09-28", "proof": "已补正", "evidence": "整改报告"}
        page.press("登记整改材料", proof, accepted="yes")


def report(office: Office, plan: Plan) -> None:
    """各组组长汇总, 科室分析 and 印发 on the fifteenth day; no panel, no report."""
    words = {"overview": "尺度一致，记录齐全。", "problems": "缺会见笔录。", "advice": "加强审查。"}
    own = {"overview": "总体良好。", "problems": "证据整理不足。", "measures": "开展培训。"}
    page = office.bureau.open(f"{Y}/reports/").press("保存草稿", own)
    issue = {"number": "万州司评〔2022〕1号", "issued_on": "2022-09-13"}
    page.press("印发报告", issue, status=409).reads("还没有提交汇总报告")
    seats = PanelMember.objects.standing().filter(draw__voided_at=None, panel__plan=plan)
    for seat in seats.select_related("expert__person__firm"):
        expert = office.expert(account_of(seat.expert)).open("/my/report/2022/")
        if seat.leads:
            expert.press("提交汇总报告", words).reads("小组汇总报告已提交")
        else:
            assert "提交汇总报告" not in expert.buttons
    office.bureau.open(f"{Y}/reports/").press("印发报告", issue).reads("评估报告已印发")


def allowances(office: Office) -> None:
    """补贴: 50 yuan for each sealed sheet of an expert chosen from society."""
    paid = ScoreSheet.objects.filter(sealed=True, expert__society=True).count()
    total = f"{50 * paid:,}"
    office.bureau.open(f"{Y}/payments/").reads(f"{paid} 份 × 50", f"= {total}")
    per = Expert.objects.annotate(done=Count("sheets", filter=Q(sheets__sealed=True))).filter(
        done__gt=0
    )
    for expert in per:
        office.bureau.reads(expert.person.name)


def close_year(office: Office) -> None:
    """归档; afterwards nothing of the year changes."""
    office.clock("2022-10-12 09:00")
    page = office.bureau.open(f"{Y}/archive/").press("归档本年度")
    page.reads("2022年度已归档", "已归档。", "归档包指纹")
    office.leader.open(f"{Y}/").reads("归档")
