"""年度方案: the parameters of a year and its only stored state, the stage."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cases.models import Frame
from wanzhou_eval.models import User

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Plan(models.Model):
    """方案 of a year: every value that the procedure needs, as data with its basis.

    `stage` moves only along `rules.stages.MOVES` (a trigger repeats it). `clock_offset` shifts
    the clock of a rehearsal year; a real year always has zero. The two dates due are set once
    the evaluation ended, with the calendar of that moment; until a notice lets them be computed
    they stay empty and are shown as provisional.
    """

    class Stage(models.TextChoices):
        """The stages of `rules.stages.Stage`, for the database."""

        DRAFT = "draft", "拟定"
        ISSUED = "issued", "已印发"
        SEALED = "sealed", "名单封存"
        DRAWN = "drawn", "已抽案"
        EMPANELLED = "empanelled", "已组组"
        MATCHED = "matched", "已匹配"
        MARKING = "marking", "评分中"
        MARKED = "marked", "评估结束"
        PUBLISHED = "published", "已公布"
        CLOSED = "closed", "已归档"

    class SizeRule(models.TextChoices):
        """How 10% becomes a number of cases (article 4)."""

        TENS = "tens", "四舍五入取十的倍数"
        NEAREST = "nearest", "四舍五入到件"
        NOT_LESS = "notless", "不少于（进一）"

    class SizeBase(models.TextChoices):
        """What the 10% is taken of."""

        ALL = "all", "全部办结案件"
        ELIGIBLE = "eligible", "剔除已抽评案件后"

    class Strata(models.TextChoices):
        """How the sample is spread."""

        NONE = "-", "不分层"
        TYPE = "type", "按案件类型"
        MONTH = "month", "按办结月份"
        ORG = "org", "按承办机构"
        TYPE_MONTH = "type,month", "按类型和月份"
        TYPE_ORG = "type,org", "按类型和机构"

    class DrawPublic(models.TextChoices):
        """What the public sees of a signed sample draw: enough to re-compute it, or hashes."""

        LIST = "list", "名单和结果（案号和机构代码）"
        HASH = "hash", "只公布指纹"

    class NumberPublic(models.TextChoices):
        """By what the public list names a case."""

        NUMBER = "number", "案号"
        CODE = "code", "评估编号（年度加卷宗号）"

    class Allocation(models.TextChoices):
        """How seats are spread over strata (draw.md §2.4)."""

        LR = "LR", "最大余数法"
        SYS = "SYS", "随机系统取整"

    class HashName(models.TextChoices):
        """The hash of the draws."""

        SHA256 = "SHA-256", "SHA-256"
        SM3 = "SM3", "SM3"

    class Roll(models.TextChoices):
        """What happens to a calendar-day deadline that ends on a holiday."""

        FORWARD = "forward", "顺延至节假日后第一个工作日"
        EARLIER = "earlier", "提前至节假日前最后一个工作日"

    year = models.PositiveSmallIntegerField("年度", unique=True)
    frame = models.OneToOneField(Frame, on_delete=models.PROTECT, related_name="plan")
    rehearsal = models.BooleanField("演练", default=False)
    clock_offset = models.DurationField("演练时钟偏移", default=timedelta())
    stage = models.CharField("阶段", max_length=12, choices=Stage.choices, default=Stage.DRAFT)
    title = models.CharField("方案名称", max_length=120)
    document = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    exception_reason = models.CharField("范围例外及原因", max_length=400, blank=True)
    exception_body = models.CharField("批准机关", max_length=120, blank=True)
    exception_document = models.CharField("批准文件", max_length=120, blank=True)
    ratio_percent = models.PositiveSmallIntegerField("抽样比例（%）", default=10)
    size_min = models.PositiveSmallIntegerField("最少件数", default=20)
    size_max = models.PositiveSmallIntegerField("最多件数", default=200)
    size_rule = models.CharField(
        "取整规则", max_length=8, choices=SizeRule.choices, default=SizeRule.TENS
    )
    size_base = models.CharField(
        "计算基数", max_length=8, choices=SizeBase.choices, default=SizeBase.ALL
    )
    decided_size = models.PositiveSmallIntegerField("决定抽样件数", null=True, blank=True)
    decided_reason = models.CharField("与规则不同的理由", max_length=200, blank=True)
    decided_clause = models.CharField("依据条款", max_length=120, blank=True)
    decided_signer = models.CharField("批准人", max_length=40, blank=True)
    decided_document = models.CharField("批准文号", max_length=60, blank=True)
    strata = models.CharField("分层", max_length=12, choices=Strata.choices, default=Strata.TYPE)
    allocation = models.CharField(
        "分配方法", max_length=3, choices=Allocation.choices, default=Allocation.LR
    )
    hash_name = models.CharField(
        "杂凑算法", max_length=8, choices=HashName.choices, default=HashName.SHA256
    )
    commitment = models.BooleanField(
        "封存承诺值",
        default=False,
        help_text=(
            "一般不用。启用后，每次封存名单另生成一个承诺值，当场打印装入信封，由纪检保管，"
            "掷骰后启封录入。信封遗失、不启封的，这次抽选只能作废。"
        ),
    )
    criminal_panels = models.PositiveSmallIntegerField("刑事组数", default=1)
    civil_panels = models.PositiveSmallIntegerField("民事行政组数", default=3)
    marking_from = models.DateField("评估开始日")
    marking_to = models.DateField("评估结束日")
    place = models.CharField("地点", max_length=80)
    fee = models.DecimalField("每件次补贴（元）", max_digits=7, decimal_places=2, default=50)
    publish_workdays = models.PositiveSmallIntegerField("公布期限（工作日）", default=5)
    appeal_workdays = models.PositiveSmallIntegerField("申辩期限（工作日）", default=5)
    answer_workdays = models.PositiveSmallIntegerField("复评期限（工作日）", default=10)
    report_days = models.PositiveSmallIntegerField("报告期限（日）", default=15)
    report_roll = models.CharField(
        "期满遇节假日", max_length=8, choices=Roll.choices, default=Roll.FORWARD
    )
    rectify_grades = models.CharField(
        "发整改通知的等次",
        max_length=40,
        blank=True,
        default="合格",
        help_text="几个等次用顿号分开，例如“合格”；留空则只由科室逐件决定。",
    )
    rectify_deduction = models.DecimalField(
        "两评平均扣分达到（分）",
        max_digits=5,
        decimal_places=2,
        default=35,
        help_text="上述等次的案件，两份评分表平均扣分达到这个数的，结果确定后发整改通知。",
    )
    appeal_office = models.CharField("申辩受理部门", max_length=80, blank=True)
    appeal_address = models.CharField("申辩受理地址", max_length=120, blank=True)
    appeal_phone = models.CharField("申辩联系电话", max_length=40, blank=True)
    draw_public = models.CharField(
        "抽选公开", max_length=4, choices=DrawPublic.choices, default=DrawPublic.LIST
    )
    handler_public = models.BooleanField("公布承办人姓名", default=False)
    number_public = models.CharField(
        "公布的编号", max_length=6, choices=NumberPublic.choices, default=NumberPublic.NUMBER
    )
    review_paid = models.BooleanField("复评计补贴", default=True)
    withdrawn_paid = models.BooleanField(
        "收回的评分表计补贴",
        default=True,
        help_text="评完封存以后因回避、换人收回的评分表：专家做过这份工作，一般仍计补贴。",
    )
    standard = models.ForeignKey(
        "evaluations.ScoringStandard",
        verbose_name="评分标准",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
    )
    ended_at = models.DateTimeField("评估结束时间", null=True)
    publish_due = models.DateField("公布期限届满日", null=True)
    report_due = models.DateField("报告期限届满日", null=True)
    terms_calendar = models.CharField("期限所依据的工作日历", max_length=12, blank=True)
    published_at = models.DateTimeField("公布时间", null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-year"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rehearsal=True) | Q(clock_offset=timedelta()),
                name="plan_real_year_has_the_real_clock",
            ),
            models.CheckConstraint(
                condition=Q(marking_from__lte=F("marking_to")), name="plan_marking_in_order"
            ),
            models.CheckConstraint(
                condition=Q(decided_size__isnull=True) | Q(decided_size__gte=1),
                name="plan_decided_size_positive",
            ),
            models.CheckConstraint(
                condition=Q(size_min__lte=F("size_max")), name="plan_size_limits_in_order"
            ),
            models.CheckConstraint(
                condition=Q(rectify_deduction__gte=0, rectify_deduction__lte=100),
                name="plan_rectify_deduction_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度方案"

    now: datetime | None = None
    """The plan's present moment, set by `actions.plan.lock_plan` after the lock is held."""

    @property
    def by_level(self) -> bool:
        """Whether the year scores by levels and an overall judgement: then nothing is taken off."""
        return self.standard is not None and self.standard.by_level

    @property
    def moment(self) -> datetime:
        """The plan's present moment; only on a locked plan."""
        assert self.now is not None, "the plan is not locked"
        return self.now

    @property
    def today(self) -> date:
        """The plan's present day in Shanghai; only on a locked plan."""
        return self.moment.astimezone(SHANGHAI).date()


class StageEntry(models.Model):
    """The dated fact that a plan entered a stage; append-only."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="entries")
    stage = models.CharField(max_length=12, choices=Plan.Stage.choices)
    at = models.DateTimeField("时间（按方案时钟）")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.plan} {self.get_stage_display()}"
