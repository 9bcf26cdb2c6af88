"""Where a publication stands, with its evidence."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from evaluations.models.results import Publication
from wanzhou_eval.models import User


class PlaceManager(models.Manager["PublicationPlace"]):
    """Leaves the files in the database until one is asked for."""

    def get_queryset(self) -> models.QuerySet[PublicationPlace]:
        """Without the files."""
        return super().get_queryset().defer("data")


class PublicationPlace(models.Model):
    """公布位置: a site or system, when the list went up there, and what shows it; append-only."""

    class Kind(models.TextChoices):
        """The two places that the plan names (article 6.3), and any other."""

        PORTAL = "portal", "政府门户网站"
        SYSTEM = "system", "法律援助管理信息系统"
        OTHER = "other", "其他"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="places")
    kind = models.CharField("类别", max_length=6, choices=Kind.choices)
    name = models.CharField("公布位置", max_length=200)
    posted_at = models.DateTimeField("上网时间")
    evidence = models.CharField("公布凭据", max_length=200)
    file_name = models.CharField("附件", max_length=120, blank=True)
    content_type = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField("附件指纹", max_length=64, blank=True)
    data = models.BinaryField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    objects = PlaceManager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(evidence=""), name="place_has_evidence"
            ),
            models.CheckConstraint(
                condition=Q(data__isnull=True, sha256="", file_name="")
                | (Q(data__isnull=False) & ~Q(sha256="") & ~Q(file_name="")),
                name="place_file_complete",
            ),
            models.CheckConstraint(
                condition=~Q(file_name__regex=r"[/\\[:cntrl:]]"), name="place_file_name_is_no_path"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.name}"
