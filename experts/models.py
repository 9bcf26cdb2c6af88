"""专家库: the pool, its specialties, former firms and declared conflicts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wanzhou_eval.models import Firm, Person, User


class ExpertQuerySet(models.QuerySet["Expert"]):
    """The words for selecting experts."""

    def available(self) -> ExpertQuerySet:
        """Local members of the pool who may be drawn (article 5)."""
        return self.filter(is_local=True, active=True)

    def of_category(self, category: str) -> ExpertQuerySet:
        """Experts of the specialty 'criminal' or 'civil'."""
        return self.filter(**{"criminal": {"criminal": True}, "civil": {"civil": True}}[category])


class Expert(models.Model):
    """评估专家: a person of the pool. `society` experts are paid, officials are not."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="expert")
    criminal = models.BooleanField("刑事", default=False)
    civil = models.BooleanField("民事行政", default=False)
    is_local = models.BooleanField("本地", default=True)
    society = models.BooleanField("面向社会选择", default=True)
    years = models.PositiveSmallIntegerField("执业年限", null=True)
    may_lead = models.BooleanField("可任组长", default=False)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    remarks = models.CharField("备注", max_length=200, blank=True)
    active = models.BooleanField("在库", default=True)

    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name = "评估专家"
        verbose_name_plural = "评估专家"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(criminal=True) | Q(civil=True), name="expert_has_a_specialty"
            )
        ]

    def __str__(self) -> str:
        return self.person.name

    @property
    def specialties(self) -> str:
        """Specialties as the draw writes them: `criminal`, `civil` or `criminal,civil`."""
        names = [name for name in ("criminal", "civil") if getattr(self, name)]
        return ",".join(names)

    @property
    def specialty_label(self) -> str:
        """Specialties as people read them."""
        return "、".join(
            label
            for name, label in (("criminal", "刑事"), ("civil", "民事行政"))
            if getattr(self, name)
        )


class FormerFirm(models.Model):
    """A firm the expert left; a ground for recusal (回避)."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="former_firms")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    left_on = models.DateField("离开日期", null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["expert", "firm"], name="former_firm_once")
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.firm}"


class RecusalQuerySet(models.QuerySet["Recusal"]):
    """The words for selecting relations."""

    def live(self) -> RecusalQuerySet:
        """Relations that keep an expert from cases: not withdrawn."""
        return self.filter(withdrawal__isnull=True)


class Recusal(models.Model):
    """回避: a declared or imported relation that keeps an expert from cases.

    Exactly one of `firm`, `person`, `case_key` says what the relation reaches. `left_on` is the
    day the expert left a former firm; without it the firm counts as never left.
    """

    class Reason(models.TextChoices):
        """Ground of the recusal; the values go into the freeze file."""

        KIN = "kin", "近亲属"
        OPPOSING = "opposing", "对方代理人"
        ADVISER = "adviser", "中心顾问"
        FORMER_FIRM = "former-firm", "曾在该机构执业"
        DECLARED = "declared", "其他应回避关系"
        FOUND = "found", "评分中发现"

    class Source(models.TextChoices):
        """Who brought the relation in."""

        OWN = "own", "本人申报"
        STAFF = "staff", "科室登记"
        IMPORT = "import", "名单导入"

    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="recusals")
    year = models.PositiveSmallIntegerField("年度")
    reason = models.CharField("原因", max_length=12, choices=Reason.choices)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    case_key = models.CharField("案号", max_length=64, blank=True)
    left_on = models.DateField("离开日期", null=True)
    explanation = models.CharField("说明", max_length=200, blank=True)
    source = models.CharField("来源", max_length=6, choices=Source.choices, default=Source.STAFF)
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField(db_default=Now())

    objects = RecusalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(firm__isnull=False, person__isnull=True, case_key="")
                    | Q(firm__isnull=True, person__isnull=False, case_key="")
                    | (Q(firm__isnull=True, person__isnull=True) & ~Q(case_key=""))
                ),
                name="recusal_reaches_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(reason="former-firm", firm__isnull=False),
                name="recusal_left_on_of_a_firm",
            ),
            models.CheckConstraint(
                condition=~Q(reason__in=["kin", "opposing"], explanation=""),
                name="recusal_kin_explained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.get_reason_display()}"


class YearAbsence(models.Model):
    """本年度整体不参加: the expert is left out of every draw of the year, with the document.

    An entry made in error is lifted with a reason; the entry itself stays.
    """

    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="absences")
    year = models.PositiveSmallIntegerField("年度")
    reason = models.CharField("原因", max_length=200)
    document = models.CharField("依据文书", max_length=120)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.CharField("撤销理由", max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["expert", "year"],
                condition=Q(lifted_at__isnull=True),
                name="absence_once_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(document=""), name="absence_has_its_document"
            ),
            models.CheckConstraint(
                condition=(
                    Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_reason="")
                    | Q(lifted_at__isnull=False) & ~Q(lifted_reason="")
                ),
                name="absence_lifted_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.year}年度不参加"


class RecusalWithdrawal(models.Model):
    """A relation recorded by mistake: it no longer keeps the expert away, both rows stay."""

    recusal = models.OneToOneField(Recusal, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField("撤回原因", max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="recusal_withdrawal_has_reason")
        ]

    def __str__(self) -> str:
        return f"{self.recusal} 已撤回"
