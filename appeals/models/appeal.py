"""异议申辩 and 复评."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from evaluations.models import Draw, DrawEvent, DrawnCase, Plan, Publication
from experts.models import Expert
from wanzhou_eval.models import Person, User
from wanzhou_eval.workdays import SHANGHAI


class AppealQuerySet(models.QuerySet["Appeal"]):
    """The words for selecting appeals."""

    def of(self, plan: Plan) -> AppealQuerySet:
        """Appeals of a plan."""
        return self.filter(drawn_case__draw__plan=plan)

    def counting(self) -> AppealQuerySet:
        """Appeals that use up the one chance of a case: all but those not admitted."""
        return self.filter(refused_at__isnull=True)

    def pending(self) -> AppealQuerySet:
        """Paper appeals that a second person has yet to confirm."""
        return self.filter(accepted_at__isnull=True, refused_at__isnull=True)

    def open(self) -> AppealQuerySet:
        """Accepted, not withdrawn and not answered."""
        return self.filter(
            accepted_at__isnull=False, withdrawn_at__isnull=True, answered_at__isnull=True
        )


class Appeal(models.Model):
    """异议申辩: one per case, ever (article 6.3). Late and second ones are kept as 不予受理.

    A row that was not admitted (`refused_at`) does not use up the case's one appeal: a slip of
    the clerk or a late click must not cost the handler a paper that came in time.

    `received_at` is the database's clock after the lock for the online channel; for paper it is
    the receipt date typed by one person and confirmed by another. `answer_due` and the calendar
    it was computed with are set together, once; they stay empty while a notice lacks.
    """

    class Channel(models.TextChoices):
        """How it came in."""

        ONLINE = "online", "网上提交"
        PAPER = "paper", "书面递交"

    class Result(models.TextChoices):
        """审查结果."""

        UPHELD = "upheld", "维持原等次"
        CHANGED = "changed", "变更等次"

    drawn_case = models.ForeignKey(DrawnCase, on_delete=models.PROTECT, related_name="appeals")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    appellant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appeals")
    channel = models.CharField(max_length=6, choices=Channel.choices)
    statement = models.TextField("申辩意见", max_length=8000)
    received_at = models.DateTimeField("收到时间")
    window_end = models.DateTimeField("申辩期限")
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField("受理时间", null=True)
    refused_at = models.DateTimeField("不予受理时间", null=True)
    refused_reason = models.CharField("不予受理理由", max_length=300, blank=True)
    answer_due = models.DateField("反馈期限", null=True)
    calendar_version = models.CharField("期限所依据的工作日历", max_length=12, blank=True)
    withdrawal_evidence = models.CharField("书面撤回凭据", max_length=120, blank=True)
    withdrawal_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField("审查结果", max_length=8, choices=Result.choices, blank=True)
    result_grade = models.CharField("复评等次", max_length=10, blank=True)
    result_reason = models.TextField("审查意见", max_length=4000, blank=True)
    answered_at = models.DateTimeField("反馈时间", null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["answer_due", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["drawn_case"], condition=Q(refused_at__isnull=True), name="appeal_once"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(received_at__lt=F("window_end")),
                name="appeal_accepted_only_in_time",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(refused_at__isnull=True),
                name="appeal_accepted_or_refused",
            ),
            models.CheckConstraint(
                condition=~Q(channel="paper")
                | Q(accepted_at__isnull=True)
                | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("registered_by"))),
                name="appeal_paper_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | (
                    Q(withdrawn_by__isnull=False)
                    & (Q(withdrawal_evidence="") | ~Q(withdrawn_by=F("withdrawal_by")))
                ),
                name="appeal_written_withdrawal_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True)
                | (~Q(result="") & ~Q(result_grade="") & ~Q(result_reason="")),
                name="appeal_answer_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(answer_due__isnull=True, calendar_version="")
                | (Q(answer_due__isnull=False) & ~Q(calendar_version="")),
                name="appeal_due_names_its_calendar",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_case} 异议"

    @property
    def last_day(self) -> date:
        """The last day on which the case could be appealed."""
        return (self.window_end.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()

    @property
    def state(self) -> str:
        """Where the appeal stands, as people read it."""
        if self.refused_at:
            return "不予受理"
        if self.withdrawn_at:
            return "已撤回"
        if self.answered_at:
            return f"已反馈：{self.get_result_display()}"
        return "已受理" if self.accepted_at else "待第二人确认"


class AppealGround(models.Model):
    """A disputed item with the handler's reason and the panel's view on it."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="grounds")
    item = models.CharField("评估项目", max_length=80)
    reason = models.CharField("申辩理由", max_length=1000)
    view = models.CharField("复评意见", max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.item


class AppealFile(models.Model):
    """An attachment; kept in the database, handed out as a download only."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    name = models.CharField("文件名", max_length=120)
    content_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(name__regex=r"[/\\[:cntrl:]]"),
                name="appeal_file_name_is_no_path",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReviewPanelQuerySet(models.QuerySet["ReviewPanel"]):
    """The words for selecting review panels."""

    def live(self) -> ReviewPanelQuerySet:
        """Panels that no later one replaced and whose draw stands."""
        return self.filter(replaced_by__isnull=True, draw__voided_at__isnull=True)


class ReviewPanel(models.Model):
    """复评组: two experts drawn afresh for one appeal, none of whom scored the case before.

    The draw is of kind `review` and has the case's number as its target. Where an expert leaves,
    the next alternate makes a row that `replaces` the one before; `event` says why. Where nobody is
    left, two people void the draw and another one brings the panel (one live draw for a case).
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="review_panels")
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="review_panels")
    leader = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    event = models.OneToOneField(
        DrawEvent, on_delete=models.PROTECT, null=True, related_name="review_panel"
    )

    objects = ReviewPanelQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(leader=F("member")), name="review_panel_two_people"
            ),
            models.UniqueConstraint(
                fields=["draw"], condition=Q(replaces__isnull=True), name="review_draw_used_once"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | Q(event__isnull=False),
                name="review_panel_changed_by_an_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal} 复评组"
