"""People, registers, calendar and audit trail: what every app above stands on."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

ADMIN_PERMISSIONS = frozenset(
    {
        "wanzhou_eval.view_user",
        "wanzhou_eval.add_user",
        "wanzhou_eval.change_user",
        *(
            f"wanzhou_eval.{act}_{model}"
            for act in ("view", "add", "change", "delete")
            for model in ("holiday", "holidaynotice", "firmalias")
        ),
        "wanzhou_eval.view_firm",
        "cases.view_case",
        "cases.import_case",
        "cases.export_case",
    }
)
"""What the administration site lets 系统管理员 do: accounts, calendar, synonyms, case import."""


class Role(models.TextChoices):
    """What a user is; exactly one each, so that no duty meets its own control."""

    SYSADMIN = "sysadmin", "系统管理员"
    BUREAU = "bureau", "科室"
    CLERK = "clerk", "中心"
    EXPERT = "expert", "评估专家"
    HANDLER = "handler", "承办人"
    LEADER = "leader", "局领导"
    AUDITOR = "auditor", "审计"


class TextSize(models.TextChoices):
    """字号 of the pages, kept with the user."""

    STANDARD = "std", "标准"
    LARGE = "large", "大"
    XLARGE = "xlarge", "特大"


class Firm(models.Model):
    """承办机构: a law firm, legal-service office or authority; one row per real body.

    `key` is the normalised name (see `cases.rules`), so that spellings meet in one row.
    """

    code = models.CharField("机构代码", max_length=12, unique=True)
    name = models.CharField("机构名称", max_length=80)
    key = models.CharField("归一名称", max_length=80, unique=True)

    class Meta:
        verbose_name = "机构"
        verbose_name_plural = "机构"

    def __str__(self) -> str:
        return self.name


class FirmAlias(models.Model):
    """Another spelling or former name of a firm, entered by a person (同义词表)."""

    key = models.CharField("归一后的别名", max_length=80, unique=True)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name = "机构别名"
        verbose_name_plural = "机构别名"

    def __str__(self) -> str:
        return f"{self.key} → {self.firm}"


class Person(models.Model):
    """A natural person who handles or evaluates cases: one namespace for both (draw.md §2.1).

    Two people of one name in different firms are two rows; `code` stands for the person in
    every draw, the name never does.
    """

    code = models.CharField("人员代码", max_length=12, unique=True)
    name = models.CharField("姓名", max_length=40)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="people")

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "firm"], name="person_once_per_firm")
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.firm}）"


class UserManager(BaseUserManager["User"]):
    """Creates accounts; used by actions and commands only."""

    def create_user(self, username: str, password: str | None, **fields: object) -> User:
        """Store a new account with a hashed password."""
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find an account by its login name."""
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account with exactly one role. Accounts are disabled, never deleted."""

    username = models.CharField("账号", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    unit = models.CharField("单位", max_length=80, blank=True)
    role = models.CharField("角色", max_length=10, choices=Role.choices)
    person = models.OneToOneField(
        Person, verbose_name="对应人员", on_delete=models.PROTECT, null=True, blank=True
    )
    text_size = models.CharField(
        "字号", max_length=8, choices=TextSize.choices, default=TextSize.STANDARD
    )
    is_active = models.BooleanField("启用", default=True)
    rehearsal = models.BooleanField("演练账号", default=False, editable=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_set_at = models.DateTimeField("密码设置时间", null=True, editable=False)
    valid_to = models.DateField("有效期至", null=True, blank=True)
    practised_at = models.DateTimeField("做完演练卷", null=True, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name", "role"]
    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_one_known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_role_display()}）"

    @property
    def is_staff(self) -> bool:
        """Whether the account may open the administration site: 系统管理员 only."""
        return self.is_active and self.role == Role.SYSADMIN

    @property
    def is_superuser(self) -> bool:
        """No account stands above the rules."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Administration site: the administrator keeps accounts, calendar and synonyms."""
        return self.is_staff and perm in ADMIN_PERMISSIONS

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the administration site lists this app."""
        return self.is_staff and app_label in {"wanzhou_eval", "cases"}


class LoginFailure(models.Model):
    """A failed login, counted per account and per address by the throttle."""

    username = models.CharField(max_length=40)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["username", "at"], name="loginfailure_user"),
            models.Index(fields=["address", "at"], name="loginfailure_addr"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.at:%F %T}"


class HolidayNotice(models.Model):
    """国务院办公厅 notice on the holidays of a year: the evidence behind every line."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    title = models.CharField("通知标题", max_length=120)
    document = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)

    class Meta:
        verbose_name = "节假日安排通知"
        verbose_name_plural = "节假日安排通知"
        ordering: ClassVar = ["-year"]

    def __str__(self) -> str:
        return f"{self.year}年节假日安排"


class Holiday(models.Model):
    """A day that differs from the plain week: 放假 or 调休上班."""

    class Kind(models.TextChoices):
        """What the notice makes of the day."""

        OFF = "off", "放假"
        WORK = "work", "调休上班"

    notice = models.ForeignKey(HolidayNotice, on_delete=models.PROTECT, related_name="days")
    day = models.DateField("日期", unique=True)
    kind = models.CharField("性质", max_length=4, choices=Kind.choices)
    name = models.CharField("名称", max_length=20)

    class Meta:
        verbose_name = "节假日"
        verbose_name_plural = "节假日"
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["off", "work"]), name="holiday_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}{self.get_kind_display()}"


class CalendarEdition(models.Model):
    """The whole calendar as it stood from a moment on, in its canonical text; append-only.

    The trigger `calendar_edition_kept` adds a row at the commit of every change of the holidays,
    whoever made it. A stored date names the version that it was computed with.
    """

    version = models.CharField("指纹", max_length=12, db_index=True)
    text = models.TextField("工作日历全文")
    at = models.DateTimeField("启用时间")

    class Meta:
        verbose_name = "工作日历的版本"
        verbose_name_plural = "工作日历的版本"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"工作日历 {self.version}"


class AuditEvent(models.Model):
    """One line of the audit trail; chained and stamped by a database trigger, never changed.

    `seq`, `at`, `prev` and `hash` are written by the trigger `audit_chain`; what the application
    supplies for them is ignored. `detail` holds facts without scores and without personal data.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=10, blank=True)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=8, default="done")
    sentence = models.CharField(max_length=400, blank=True)
    detail = models.JSONField(default=dict)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["-seq"]
        indexes: ClassVar = [models.Index(fields=["year", "-seq"], name="auditevent_year")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=["done", "refused"]), name="audit_outcome_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.target}"
