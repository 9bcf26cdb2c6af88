"""评估小组: panels of two with a leader, alternates, and who evaluates which case."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from evaluations.models.draw import Draw, DrawEvent, DrawnCase
from evaluations.models.plan import Plan
from experts.models import Expert


class Panel(models.Model):
    """评估小组 as formed by the draw of experts; `code` is the draw's name of the group."""

    class Category(models.TextChoices):
        """Which cases the panel takes (article 5)."""

        CRIMINAL = "criminal", "刑事案件组"
        CIVIL = "civil", "民事行政案件组"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="panels")
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="panels")
    code = models.CharField(max_length=20)
    category = models.CharField(max_length=8, choices=Category.choices)
    ordinal = models.PositiveSmallIntegerField("组序")

    class Meta:
        ordering: ClassVar = ["-category", "ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "code"], name="panel_once_per_draw")
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()}第{'一二三四五六七八九十'[self.ordinal - 1]}组"


class PanelMemberQuerySet(models.QuerySet["PanelMember"]):
    """The words for selecting seats."""

    def standing(self) -> PanelMemberQuerySet:
        """Seats as they are held now."""
        return self.filter(ended_at__isnull=True)


class PanelMember(models.Model):
    """An expert's seat on a panel; an expert holds one seat of a draw at most.

    A withdrawal ends the seat (`ended_at`) and its `event` brings the next row; where the other
    member becomes leader, that seat ends too and goes on as a new row.
    """

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="members")
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="memberships")
    leads = models.BooleanField("组长", default=False)
    event = models.ForeignKey(
        DrawEvent, on_delete=models.PROTECT, null=True, related_name="members"
    )
    ended_at = models.DateTimeField("退出时间", null=True)

    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-leads", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draw", "expert"],
                condition=Q(ended_at__isnull=True),
                name="expert_on_one_panel",
            ),
            models.UniqueConstraint(
                fields=["panel"],
                condition=Q(leads=True, ended_at__isnull=True),
                name="panel_one_leader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel} {self.expert}"


class Alternate(models.Model):
    """候补专家 in the order of the draw."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="alternates")
    category = models.CharField(max_length=8, choices=Panel.Category.choices)
    rank = models.PositiveSmallIntegerField("次序")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["category", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "category", "rank"], name="alternate_rank_once")
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.rank} {self.expert}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """The words for selecting assignments."""

    def live(self) -> AssignmentQuerySet:
        """Assignments that no later one replaced."""
        return self.filter(replaced_by__isnull=True)


class Assignment(models.Model):
    """Which panel and which two experts evaluate a case, by the matching draw.

    A late recusal or a withdrawal adds a row that `replaces` the one before it; `event` is what
    caused it. So the history stays and a case has exactly one row that nothing replaces.
    """

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="assignments")
    drawn_case = models.ForeignKey(DrawnCase, on_delete=models.PROTECT, related_name="assignments")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="assignments")
    leader = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    by_alternate = models.BooleanField("由候补代替", default=False)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    event = models.ForeignKey(
        DrawEvent, on_delete=models.PROTECT, null=True, related_name="assignments"
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draw", "drawn_case"],
                condition=Q(replaces__isnull=True),
                name="case_on_one_panel",
            ),
            models.CheckConstraint(
                condition=~Q(leader=models.F("member")), name="assignment_two_people"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | Q(event__isnull=False),
                name="assignment_changed_by_an_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_case} → {self.panel}"
