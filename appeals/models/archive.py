"""归档: what the year's package was made of, fixed at the moment of closing."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from evaluations.models import Plan
from wanzhou_eval.models import User


class YearArchive(models.Model):
    """归档包 of a closed year; append-only.

    `sha256` is the fingerprint of the package's list of files: made again at any time later the
    package must give the same one; appeals that come in later (不予受理) are no part of it.
    `audit_seq` and `audit_hash` are the head of the trail then.
    """

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="archive")
    sha256 = models.CharField("归档清单指纹", max_length=64)
    files = models.PositiveIntegerField("文件数")
    appeals_upto = models.PositiveBigIntegerField("异议登记到第几号")
    audit_seq = models.PositiveBigIntegerField("审计序号")
    audit_hash = models.CharField("审计链头", max_length=64)
    at = models.DateTimeField("归档时间")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex="^[0-9a-f]{64}$"), name="archive_has_a_fingerprint"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan} 归档包"
