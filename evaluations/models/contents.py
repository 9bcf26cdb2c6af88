"""What stands on a score sheet: apart from the sheet, so that the database can hide it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from evaluations.models.marking import ScoreSheet


class SheetContent(models.Model):
    """What the author wrote on a sheet, when, and what it came to: the author's until the reveal.

    A row-level rule of the database hides it (`evaluations_readablesheet`); a trigger makes the
    row together with its sheet. Immutable once `sealed_at` is set; `total` and `grade` exist only
    then. `version` counts saves. `overall` is the judgement of the whole file where items take
    levels, and then it is the total too, with an opinion. `why` is why the author took the
    edition before this one back.
    """

    sheet = models.OneToOneField(
        ScoreSheet, on_delete=models.PROTECT, primary_key=True, related_name="content"
    )
    version = models.PositiveIntegerField(default=0)
    comment = models.CharField("总体意见", max_length=1000, blank=True)
    overall = models.PositiveSmallIntegerField("总体判断", null=True)
    why = models.CharField("为什么另开一版", max_length=200, blank=True)
    opened_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    total = models.DecimalField("总分", max_digits=9, decimal_places=6, null=True)
    grade = models.CharField("等次", max_length=10, blank=True)
    seal_hash = models.CharField("封存指纹", max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(sealed_at__isnull=True, total__isnull=True, grade="", seal_hash="")
                    | (
                        Q(sealed_at__isnull=False, total__isnull=False)
                        & ~Q(grade="")
                        & ~Q(seal_hash="")
                    )
                ),
                name="sheet_total_only_when_sealed",
            ),
            models.CheckConstraint(
                condition=Q(overall__isnull=True)
                | Q(overall__gte=1, overall__lte=5, sealed_at__isnull=True)
                | Q(overall__gte=1, overall__lte=5, total=F("overall")) & ~Q(comment=""),
                name="sheet_overall_is_the_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}"
