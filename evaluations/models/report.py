"""评估报告: what is counted of the grades, what the panels and 科室 say of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cases.models import CaseKind
from evaluations.models.draw import DrawnCase
from evaluations.models.marking import Item
from evaluations.models.panels import Panel
from evaluations.models.plan import Plan
from evaluations.models.results import GradingOutcome
from experts.models import Expert
from wanzhou_eval.models import Firm, User


class CaseResult(models.Model):
    """One line per graded case with all that the report counts; the database writes it.

    The trigger `grading_is_counted` keeps it beside the gradings, the application may only read
    it. The report of 200,000 results is one pass over one index of one plan. Grades stand as
    their place in the standard, 1 is the best; `first_` is what the pair came to before any
    appeal. `verify_records` compares every line with gradings and sheets.
    """

    drawn_case = models.OneToOneField(DrawnCase, on_delete=models.PROTECT, related_name="result")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="results", db_index=False)
    kind = models.CharField(max_length=8, choices=CaseKind.choices)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+", db_index=False)
    regular_grade = models.CharField("一案一评等次", max_length=10, blank=True)
    place = models.PositiveSmallIntegerField("等次")
    failing = models.BooleanField("不合格")
    outcome = models.CharField(max_length=8, choices=GradingOutcome.choices)
    first_place = models.PositiveSmallIntegerField("初评等次")
    first_outcome = models.CharField(max_length=8, choices=GradingOutcome.choices)
    panel = models.ForeignKey(
        Panel, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    leader = models.ForeignKey(
        Expert, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    member = models.ForeignKey(
        Expert, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    leader_place = models.PositiveSmallIntegerField(null=True)
    member_place = models.PositiveSmallIntegerField(null=True)
    difference = models.BigIntegerField("组长减组员（百万分之一分）", null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["plan"],
                include=[
                    "kind", "firm", "regular_grade", "place", "failing", "outcome", "first_place",
                    "first_outcome", "panel", "leader", "member", "leader_place", "member_place",
                    "difference",
                ],
                name="result_counted_by_plan",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.drawn_case} {self.place}"


class ItemTally(models.Model):
    """How an item fared over all sheets of a plan's graded cases; the database writes it.

    Counted when a case is graded first: sheets are sealed by then and never change again.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="tallies", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    scored = models.PositiveIntegerField("已评")
    lost = models.DecimalField("扣分", max_digits=14, decimal_places=2)
    level_3 = models.PositiveIntegerField("评 3", default=0)
    level_2 = models.PositiveIntegerField("评 2", default=0)
    level_1 = models.PositiveIntegerField("评 1", default=0)
    skipped = models.PositiveIntegerField("不适用或无法评价")
    vetoed = models.PositiveIntegerField("一票否决成立")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "item"], name="tally_once_per_item")
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.lost}"


class PanelReport(models.Model):
    """小组汇总报告 (article 7), as the panel's leader hands it in; append-only, the last counts."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField("版次")
    overview = models.TextField("总体情况", max_length=2000)
    problems = models.TextField("主要问题", max_length=2000)
    advice = models.TextField("意见建议", max_length=2000)
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["panel", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["panel", "version"], name="panel_report_version_once"),
            models.CheckConstraint(
                condition=~Q(overview="") & ~Q(problems="") & ~Q(advice=""),
                name="panel_report_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel} 汇总报告第{self.version}版"


class Report(models.Model):
    """评估分析报告 (article 7): 科室's words, and the figures frozen as it is issued.

    A draft may be written on; an issued one stands, and figures that change afterwards (复评变更)
    get a numbered 补充报告 beside it.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField("版次", default=1)
    overview = models.TextField("总体评价", max_length=4000, blank=True)
    problems = models.TextField("问题分析", max_length=4000, blank=True)
    measures = models.TextField("改进措施", max_length=4000, blank=True)
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    number = models.CharField("报告文号", max_length=60, blank=True)
    issued_on = models.DateField("印发日期", null=True)
    issued_at = models.DateTimeField("印发时间", null=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    facts = models.JSONField("印发时的数据", default=dict)
    sha256 = models.CharField("数据指纹", max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "version"], name="report_version_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(issued_at__isnull=True), name="report_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True, issued_on__isnull=True, number="", sha256="")
                | (
                    Q(issued_at__isnull=False, issued_on__isnull=False)
                    & ~Q(number="")
                    & ~Q(sha256="")
                    & ~Q(overview="")
                    & ~Q(problems="")
                    & ~Q(measures="")
                ),
                name="report_issued_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} 评估报告第{self.version}版"
