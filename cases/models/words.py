"""同义词 and the column layouts that people have told once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Synonym(models.Model):
    """Another word of the clerks for a type, a stage or a column; read at import only.

    `word` stands in the form in which words are compared, `meaning` is the word or the field
    key that it stands for. Names of firms are `wanzhou_eval.FirmAlias`. Who kept it is a name,
    not a key: the audit trail holds the account.
    """

    class Subject(models.TextChoices):
        """What the word is a word for."""

        KIND = "kind", "案件类型"
        STAGE = "stage", "诉讼阶段"
        HEADER = "header", "表头"

    subject = models.CharField("用于", max_length=8, choices=Subject.choices)
    word = models.CharField("写法", max_length=40)
    meaning = models.CharField("认作", max_length=40)
    kept_by = models.CharField("登记人", max_length=40, blank=True)
    kept_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        verbose_name = "同义词"
        verbose_name_plural = "同义词"
        ordering: ClassVar = ["subject", "meaning", "word"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "word"], name="synonym_once"),
            models.CheckConstraint(
                condition=Q(subject__in=["kind", "stage", "header"]), name="synonym_subject_known"
            ),
            models.CheckConstraint(
                condition=~Q(word="") & ~Q(meaning=""), name="synonym_not_blank"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} → {self.meaning}"


class ColumnLayout(models.Model):
    """How a person mapped the columns of a source, by the fingerprint of its header labels.

    `columns`: field key → column letter. The next file of this layout is read in the same way.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    columns = models.JSONField()
    kept_by = models.CharField("保存人", max_length=40, blank=True)
    kept_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "列对应"
        verbose_name_plural = "列对应"

    def __str__(self) -> str:
        return f"{self.fingerprint[:8]}（{self.kept_by}）"
