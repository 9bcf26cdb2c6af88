"""办结案件: the population of a year, how it came in, and what was left out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cases.models.imports import Frame, ImportBatch
from wanzhou_eval.models import Firm, Person, User


class CaseKind(models.TextChoices):
    """案件类型; the values are those of the draw's freeze file (draw.md §2.1)."""

    CRIMINAL = "criminal", "刑事"
    CIVIL = "civil", "民事"
    ADMIN = "admin", "行政"


class CaseQuerySet(models.QuerySet["Case"]):
    """The words for selecting cases."""

    def in_frame(self, frame: Frame) -> CaseQuerySet:
        """Cases of one year's frame."""
        return self.filter(frame=frame)

    def not_taken_above(self) -> CaseQuerySet:
        """Without the cases already evaluated by ministry or city (article 4)."""
        return self.filter(exclusion__isnull=True)

    def handled_by(self, person: Person | None) -> CaseQuerySet:
        """Cases in which this person is a handler."""
        return self.filter(handlers__person=person) if person else self.none()

    def matching(self, text: str) -> CaseQuerySet:
        """Search by case number, serial, firm or handler."""
        if not text:
            return self
        found = (
            Q(number__icontains=text)
            | Q(firm__name__icontains=text)
            | Q(pk__in=CaseHandler.objects.filter(person__name=text).values("case_id"))
        )
        if text.isascii() and text.isdigit():
            found |= Q(serial=int(text[:9]))
        return self.filter(found)


class Case(models.Model):
    """办结案件: one closed case, one row per litigation stage.

    `number` is the canonical form that the draw sees; `number_original` what the clerk typed.
    `key` (import; the same text) and `skeleton` (draw.md §2.1) make look-alikes collide.
    `serial` is the number on the file's label, unique in the year.
    """

    # The unique constraints below begin with the frame, and nobody asks for a batch's cases:
    # two indexes less to keep for each of 100,000 rows. `db_constraint=False`: the triggers
    # `refers_to` and `referred_to` keep what a foreign key would, once for a whole statement.
    frame = models.ForeignKey(
        Frame, on_delete=models.PROTECT, related_name="cases", db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(
        ImportBatch,
        on_delete=models.PROTECT,
        related_name="cases",
        db_index=False,
        db_constraint=False,
    )
    serial = models.PositiveIntegerField("卷宗号")
    number = models.CharField("案号", max_length=64)
    number_original = models.CharField("原始案号", max_length=120)
    key = models.CharField(max_length=64)
    skeleton = models.CharField(max_length=64)
    kind = models.CharField("案件类型", max_length=8, choices=CaseKind.choices)
    stage = models.CharField("诉讼阶段", max_length=20, blank=True)
    cause = models.CharField("案由", max_length=120, blank=True)
    aid_method = models.CharField("援助方式", max_length=40, blank=True)
    source = models.CharField("案件来源", max_length=40, blank=True)
    recipient = models.CharField("受援人", max_length=60, blank=True)
    recipient_category = models.CharField("受援人类别", max_length=60, blank=True)
    recipients_count = models.PositiveIntegerField("受援人数", default=1)
    firm = models.ForeignKey(
        Firm, on_delete=models.PROTECT, verbose_name="承办机构", db_constraint=False
    )
    assigned_on = models.DateField("指派日期", null=True)
    closed_on = models.DateField("结案日期")
    filed_on = models.DateField("归档日期", null=True)
    subsidy = models.DecimalField("办案补贴（元）", max_digits=9, decimal_places=2, null=True)
    regular_grade = models.CharField("一案一评等次", max_length=10, blank=True)
    remarks = models.CharField("备注", max_length=400, blank=True)
    withheld = models.BooleanField("不公开", default=False)
    sheet = models.CharField(max_length=60, blank=True)
    row = models.PositiveIntegerField("表中行号")

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "办结案件"
        verbose_name_plural = "办结案件"
        ordering: ClassVar = ["serial"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["frame", "key"], name="case_once_per_frame"),
            models.UniqueConstraint(fields=["frame", "skeleton"], name="case_no_lookalike"),
            models.UniqueConstraint(fields=["frame", "serial"], name="case_serial_once"),
            # Of two unique columns that are always the same one needs the index.
            models.CheckConstraint(condition=Q(number=F("key")), name="case_number_is_key"),
            models.CheckConstraint(
                condition=Q(kind__in=["criminal", "civil", "admin"]), name="case_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(assigned_on__isnull=True) | Q(assigned_on__lte=F("closed_on")),
                name="case_assigned_before_closed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["frame", "closed_on", "kind"], name="case_by_month_and_kind")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        """卷宗号 as printed on the cover label, four digits."""
        return f"{self.serial:04d}"


class CaseHandler(models.Model):
    """承办人 of a case; a case may have several."""

    # `handler_once_per_case` begins with the case and serves as its index.
    case = models.ForeignKey(
        Case,
        on_delete=models.CASCADE,
        related_name="handlers",
        db_index=False,
        db_constraint=False,
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="cases", db_constraint=False
    )
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "person"], name="handler_once_per_case")
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.person.name}"


class Exclusion(models.Model):
    """A case left out of the draw with its reason: it stays in the sealed list as `ex:code`.

    `case` is empty when the listed number is not in the ledger: kept, so that it is not lost.
    """

    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="exclusions")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True)
    case = models.OneToOneField(Case, on_delete=models.CASCADE, null=True, related_name="exclusion")
    number_original = models.CharField("清单案号", max_length=120)
    key = models.CharField(max_length=64)
    code = models.CharField("原因代码", max_length=20)
    reason = models.CharField("原因", max_length=120)
    document = models.CharField("依据", max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["frame", "key"], name="exclusion_once_per_frame"),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(reason="") & ~Q(document=""),
                name="exclusion_has_reason_and_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_original} {self.reason}"
