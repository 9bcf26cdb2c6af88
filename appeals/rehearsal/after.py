"""审定、公布、异议、报告、追回、整改、归档 of the rehearsal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from appeals.actions import (
    closing,
    consequences,
    filing,
    inquiries,
    recovery,
    rectification,
    review,
)
from appeals.models import Appeal, Inquiry, Recovery, Rectification
from appeals.rehearsal import marking
from appeals.rehearsal.people import account_of
from evaluations.actions import report as reports
from evaluations.actions.allowances import confirm_allowance, enter_allowances
from evaluations.actions.marking import sign_undertaking
from evaluations.actions.places import Posting, add_place
from evaluations.actions.results import (
    decide_approval,
    publish_results,
    republish_results,
    submit_for_approval,
)
from evaluations.models import DrawnCase, PanelMember, ReviewGrading, ScoreSheet
from evaluations.queries.allowances import allowance_page
from evaluations.queries.publication import unpublished_change
from evaluations.queries.results import current_grade
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

if TYPE_CHECKING:
    from appeals.rehearsal.year import Rehearsal

SITE = "区政府门户网站公共法律服务领域基层政务公开版块"
SYSTEM = Posting(kind="system", name="法律援助管理信息系统", evidence="演练：系统回执1号")


def publish(year: Rehearsal) -> None:
    """送审、审定、公布 within five working days; then one appeal comes in."""
    bureau, leader = year.people["bureau"], year.people["leader"]
    year.at(8, 30)
    approval = submit_for_approval(year.plan, by=bureau)
    year.at(9, 1)
    decide_approval(approval, decision="approved", reason="", by=leader)
    year.at(9, 2, 10)
    published = publish_results(year.plan, site=SITE, evidence="演练：网页截图存卷第1页", by=bureau)
    add_place(published, posting=SYSTEM, by=bureau)
    year.at(9, 6, 14)
    handler = User.objects.get(username="handler")
    own = DrawnCase.objects.of(year.plan).filter(case__handlers__person=handler.person)
    filing.file_appeal(
        own.order_by("case__serial")[0],
        statement="会见和阅卷均有记录，归档时漏装了一份会见笔录，现补交说明，请予复核。",
        grounds=[("会见", "会见笔录在副卷第12页，请核对。")],
        by=handler,
    )


def close(year: Rehearsal) -> None:
    """报告、复评、反馈、追回、移送、整改、归档."""
    year.at(9, 13, 9)
    report(year)
    for appeal in Appeal.objects.of(year.plan).open():
        answer(year, appeal)
    year.at(9, 28)
    settle_consequences(year)
    pay_allowances(year)
    year.at(10, 12)
    closing.close_year(year.plan, by=year.people["bureau"])


def answer(year: Rehearsal, appeal: Appeal) -> None:
    """A fresh panel is drawn, scores blind, settles, and the bureau answers as it found."""
    bureau = year.people["bureau"]
    year.at(9, 13, 10)
    year.hold(review.freeze_review(appeal, by=bureau))
    panel = review.form_review_panel(appeal, by=bureau)
    for expert in (panel.leader, panel.member):
        year.experts[expert.pk] = account_of(expert)
        try:
            sign_undertaking(year.plan, by=year.experts[expert.pk])
        except RefusedError:
            year.say("复评专家已签过承诺书")
    case = DrawnCase.objects.select_related("case").get(pk=appeal.drawn_case_id)
    sheets = ScoreSheet.objects.filter(drawn_case=case, round="review")
    marking.score_all(year, list(sheets.select_related("drawn_case__case", "expert")))
    marking.settle(year, case, in_round="review")
    year.at(9, 19, 11)
    found = ReviewGrading.objects.get(drawn_case=case).grade
    review.decide_appeal(
        appeal,
        result="upheld" if found == current_grade(case) else "changed",
        grade=found,
        reason="复评组重新审查全卷，逐项核对申辩理由后作出结论。",
        views={ground.pk: "经核对卷宗，意见如审查结论。" for ground in appeal.grounds.all()},
        by=bureau,
    )
    if unpublished_change(year.plan):
        republish_results(
            year.plan,
            reason="复评变更等次",
            site=SITE,
            evidence="演练：网页截图存卷第2页",
            by=bureau,
        )


def pay_allowances(year: Rehearsal) -> None:
    """发放评估补贴: entered by the bureau, confirmed by the leader."""
    due = allowance_page(year.plan).to_pay
    entered = enter_allowances(
        year.plan,
        experts=[line.expert for line in due],
        paid_on=date(2022, 9, 28),
        evidence="演练转账凭证2022-0928",
        by=year.people["bureau"],
    )
    for payment in entered:
        confirm_allowance(payment, by=year.people["leader"])


def settle_consequences(year: Rehearsal) -> None:
    """追回补贴 and 移送调查 of every final 不合格, to the end."""
    bureau = year.people["bureau"]
    try:
        consequences.open_consequences(year.plan, by=bureau)
    except RefusedError as none_failed:
        year.say(none_failed.sentence)
        return
    take_back(bureau)
    for inquiry in Inquiry.objects.filter(closed_at=None):
        inquiries.transfer_inquiry(
            inquiry, body="演练：区律师协会", transferred_on=date(2022, 9, 28), by=bureau
        )
        inquiries.close_inquiry(inquiry, outcome="约谈提醒", evidence="演练约谈记录1号", by=bureau)
    settle_rectifications(bureau)


def take_back(bureau: User) -> None:
    """追回 of every subsidy; where none was paid out the proof of it closes the recovery."""
    for owed in Recovery.objects.filter(amount=0):
        zero, basis = Decimal(0), "演练财务核对单1号"
        recovery.assess_recovery(owed, costs=zero, amount=zero, basis=basis, by=bureau)
    for owed in Recovery.objects.filter(closed_at=None):
        recovery.send_recovery_notice(
            owed, notice="演练追回〔2022〕1号", due_on=date(2022, 10, 10), by=bureau
        )
        recovery.record_payment(
            owed,
            amount=owed.amount,
            paid_on=date(2022, 9, 28),
            evidence="演练缴款书001",
            by=bureau,
        )


def settle_rectifications(bureau: User) -> None:
    """整改 of every weak case, noticed and proved."""
    for weak in Rectification.objects.filter(closed_at=None):
        rectification.send_rectification_notice(
            weak,
            notice=f"演练整改〔2022〕{weak.drawn_case.case.label}号",
            demand="对照扣分项目补正卷宗，书面说明原因。",
            due_on=date(2022, 10, 10),
            by=bureau,
        )
        rectification.check_proof(
            weak,
            received_on=date(2022, 9, 28),
            proof="已补正并组织学习。",
            evidence="演练整改报告",
            accepted=True,
            note="",
            by=bureau,
        )


def report(year: Rehearsal) -> None:
    """各组汇总、科室分析、印发报告, within fifteen days of the end."""
    bureau = year.people["bureau"]
    seats = PanelMember.objects.standing().filter(panel__plan=year.plan, leads=True)
    for seat in seats.filter(draw__voided_at=None).select_related("panel__plan", "expert__person"):
        reports.report_panel(
            seat.panel,
            overview="本组案件已全部评完，评分尺度一致，合议记录齐全。",
            problems="个别卷宗缺会见笔录，代理意见针对性不强。",
            advice="加强归档审查，组织文书写作培训。",
            by=account_of(seat.expert),
        )
    reports.write_report(
        year.plan,
        overview="全区法律援助案件质量总体良好，程序规范。",
        problems="失分集中在证据整理和法律意见，部分案件归档不及时。",
        measures="约谈不合格案件承办人，开展专题培训，下一年度重点复查。",
        by=bureau,
    )
    reports.issue_report(
        year.plan,
        number="演练报告〔2022〕1号",
        issued_on=date(2022, 9, 13),
        by=bureau,
    )
