"""What changes on the ground floor: sessions, passwords, registers of firms and persons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Firm, FirmAlias, LoginFailure, Person, Role, TextSize, User

ACCOUNT_TRIES = 5
ADDRESS_TRIES = 20
LOCK_TIME = timedelta(minutes=15)
INITIAL_PASSWORD_LIFE = timedelta(hours=72)
WRONG = "账号或密码不对。请检查后重新输入；忘记密码请找系统管理员重设。"
FAILED = "登录失败"
INITIAL_OVER = "初始密码超过72小时没有使用，已失效。请找系统管理员重设。"
UNKNOWN_ACCOUNT = "（没有这个账号）"
"""Stands in the trail for what was typed: people type their password into the wrong field."""
UNKNOWN_USER_HASH = make_password("nobody's password")
"""Checked for unknown accounts, so that they cost the same time as known ones."""


@dataclass(frozen=True)
class LoginAttempt:
    """The account, or the sentence that says why not."""

    user: User | None
    sentence: str = ""


def try_login(*, username: str, password: str, address: str | None) -> LoginAttempt:
    """Check a login; five failures of an account or twenty of an address lock for 15 minutes.

    The count is read before the password is hashed: hashing is what an attacker makes us pay.
    An expert has one session at a time: a new login ends the one left open elsewhere.
    """
    locked = locked_sentence(username=username, address=address)
    if locked:
        return LoginAttempt(None, locked)
    user = User.objects.filter(username=username).first()
    right = check_password(password, user.password if user else UNKNOWN_USER_HASH)
    if user and right and account_open(user):
        if initial_password_over(user):
            return LoginAttempt(None, INITIAL_OVER)
        with transaction.atomic():
            if user.role == Role.EXPERT:
                end_sessions_of(user)
            LoginFailure.objects.filter(username=username).delete()
            record_event("log_in", by=user, target=user.username, address=address)
        return LoginAttempt(user)
    with transaction.atomic():
        LoginFailure.objects.create(username=username[:40], address=address)
        target = user.username if user else UNKNOWN_ACCOUNT
        record_event(
            "log_in", by=None, target=target, address=address, outcome="refused", sentence=FAILED
        )
    return LoginAttempt(None, WRONG)


def locked_sentence(*, username: str, address: str | None) -> str:
    """Why nobody may log in now: the account or the address failed too often; else blank."""
    recent = LoginFailure.objects.filter(at__gte=database_now() - LOCK_TIME)
    own = list(recent.filter(username=username).order_by("-at")[:ACCOUNT_TRIES])
    if len(own) == ACCOUNT_TRIES:
        until = (own[-1].at + LOCK_TIME).astimezone()
        return f"密码连续输错5次，账号锁定到{until:%H:%M}。请到时再试。"
    if address and recent.filter(address=address).count() >= ADDRESS_TRIES:
        return "这台电脑登录失败次数过多，请15分钟后再试。"
    return ""


def account_open(user: User) -> bool:
    """Enabled and not past its last day."""
    return user.is_active and (user.valid_to is None or user.valid_to >= database_now().date())


def initial_password_over(user: User) -> bool:
    """Whether a password handed out by the administrator lay unused for 72 hours."""
    handed_out = user.password_set_at if user.must_change_password else None
    return handed_out is not None and database_now() - handed_out > INITIAL_PASSWORD_LIFE


def end_session(*, by: User) -> None:
    """Record a logout."""
    record_event("log_out", by=by, target=by.username)


@transaction.atomic
def change_password(user: User, *, new: str) -> User:
    """Set a new password and end every session of the account."""
    user.set_password(new)
    user.must_change_password = False
    user.password_set_at = database_now()
    user.save(update_fields=["password", "must_change_password", "password_set_at"])
    end_sessions_of(user)
    record_event("change_password", by=user, target=user.username)
    return user


@transaction.atomic
def link_account(user: User, *, person: Person, by: User | None) -> User:
    """Say whose account this is: an expert's or a handler's, after the draw as a rule.

    Raises `RefusedError` when another account already stands for the person.
    """
    other = User.objects.filter(person=person).exclude(pk=user.pk).first()
    if other is not None:
        raise RefusedError(f"{person.name}已有账号“{other.username}”，不能再对应一个账号。")
    user.person, user.name, user.unit = person, person.name, person.firm.name
    user.save(update_fields=["person", "name", "unit"])
    record_event("link_account", by=by, target=user.username, detail={"person": person.code})
    return user


def end_sessions_of(user: User) -> None:
    """Close all sessions of an account: after a new password, a new role, or disabling it."""
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


@transaction.atomic
def choose_text_size(user: User, *, size: str) -> None:
    """字号 of the account's pages. Raises `RefusedError` (422) for a size that does not exist."""
    if size not in TextSize.values:
        raise RefusedError("没有这种字号，请选标准、大或特大。", status=422)
    user.text_size = size
    user.save(update_fields=["text_size"])


def register_firms(names: Iterable[tuple[str, str]]) -> dict[str, Firm]:
    """The firms of (normalised name, name) pairs by normalised name, entered where new.

    Found through their aliases too. Called inside an import's transaction; two imports at once
    wait for each other, so that codes run without gap.
    """
    lock_registers()
    wanted = dict(names)
    known = {firm.key: firm for firm in Firm.objects.filter(key__in=wanted)}
    aliases = FirmAlias.objects.filter(key__in=wanted).select_related("firm")
    known |= {alias.key: alias.firm for alias in aliases}
    number = Firm.objects.count()
    new = [(key, name) for key, name in wanted.items() if key not in known]
    rows = [
        Firm(code=f"F{number + place:03d}", name=name, key=key)
        for place, (key, name) in enumerate(new, start=1)
    ]
    return known | {firm.key: firm for firm in Firm.objects.bulk_create(rows)}


def register_people(people: Iterable[tuple[str, Firm]]) -> dict[tuple[str, int], Person]:
    """The persons of (name, firm) pairs by (name, firm id), entered where new.

    A name in another firm is another person until somebody joins the two.
    """
    lock_registers()
    wanted = {(name, firm.pk): firm for name, firm in people}
    firms = {firm for _, firm in wanted}
    known = {(p.name, p.firm_id): p for p in Person.objects.filter(firm_id__in=firms)}
    number = Person.objects.count()
    new = [pair for pair in wanted if pair not in known]
    rows = [
        Person(code=f"P{number + place:04d}", name=name, firm_id=firm)
        for place, (name, firm) in enumerate(new, start=1)
    ]
    return known | {(p.name, p.firm_id): p for p in Person.objects.bulk_create(rows)}


def lock_registers() -> None:
    """Let one import at a time enter firms and persons; freed at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(20220815)")
