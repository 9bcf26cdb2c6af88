"""What 系统管理员 changes: accounts, holidays, synonyms; the administration writes here only."""

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from wanzhou_eval.actions import end_sessions_of
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import FirmAlias, Holiday, HolidayNotice, Role, User
from wanzhou_eval.texts import organisation_key

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without 0 O 1 l i: read from paper and typed by hand."""
OWN_RIGHTS = frozenset({"role", "is_active", "valid_to", "person"})
"""What nobody changes on the own account: grantor and grantee are two people."""
ACCOUNT_FIELDS = ("name", "unit", "role", "person", "is_active", "valid_to")
Reference = HolidayNotice | Holiday | FirmAlias
KINDS: dict[type[Reference], str] = {
    HolidayNotice: "notice",
    Holiday: "holiday",
    FirmAlias: "alias",
}


def refuse_unless_administrator(by: User) -> None:
    """Raise `RefusedError` (403) unless 系统管理员 asks."""
    if by.role != Role.SYSADMIN or not by.is_active:
        raise RefusedError("账号、日历和机构别名由系统管理员维护。请联系系统管理员。", status=403)


def new_password() -> str:
    """An initial password of 12 characters in three groups, 59 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


@transaction.atomic
def create_account(user: User, *, by: User) -> str:
    """Store a new account; returns its initial password, which is kept nowhere."""
    refuse_unless_administrator(by)
    password = new_password()
    user.password = make_password(password)
    user.must_change_password, user.password_set_at = True, database_now()
    user.save(force_insert=True)
    detail: dict[str, object] = {"role": user.role} | (_whose(user) if user.person else {})
    record_event("create_account", by=by, target=user.username, detail=detail)
    return password


def _whose(user: User) -> dict[str, object]:
    """The code of the person whose cases and sheets the account opens, for the trail."""
    return {"person": user.person.code if user.person else ""}


@transaction.atomic
def change_account(user: User, *, values: Mapping[str, Any], by: User) -> User:
    """Change an account; a new role, a disabling or a new last day end its sessions.

    Raises `RefusedError` when the administrator grants rights to the own account.
    """
    refuse_unless_administrator(by)
    locked = User.objects.select_for_update().get(pk=user.pk)
    changed = {
        name: values[name]
        for name in ACCOUNT_FIELDS
        if name in values and values[name] != getattr(locked, name)
    }
    if user.pk == by.pk and OWN_RIGHTS & changed.keys():
        raise RefusedError(
            "自己的角色、启用状态和有效期不能自己改。请由另一位系统管理员修改，没有保存。"
        )
    before = locked.role
    for name, value in changed.items():
        setattr(locked, name, value)
    if changed:
        locked.save(update_fields=list(changed))
        if OWN_RIGHTS & changed.keys():
            end_sessions_of(locked)
        detail: dict[str, object] = {"fields": sorted(changed)}
        detail |= {"from": before, "to": locked.role} if "role" in changed else {}
        detail |= _whose(locked) if "person" in changed else {}
        record_event("change_account", by=by, target=locked.username, detail=detail)
    return locked


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """重设密码: a new initial password, which must be changed; every session ends."""
    refuse_unless_administrator(by)
    if user.pk == by.pk:
        raise RefusedError("自己的密码请在“我的账号”修改，不用重设。")
    locked = User.objects.select_for_update().get(pk=user.pk)
    password = new_password()
    locked.password = make_password(password)
    locked.must_change_password, locked.password_set_at = True, database_now()
    locked.save(update_fields=["password", "must_change_password", "password_set_at"])
    end_sessions_of(locked)
    record_event("reset_password", by=by, target=locked.username)
    return password


@transaction.atomic
def keep_reference(row: Reference, *, changed: Collection[str], by: User) -> None:
    """Store a notice, a special day or an alias. An alias is kept in its normalised form."""
    refuse_unless_administrator(by)
    if isinstance(row, FirmAlias):
        row.key = organisation_key(row.key)
    row.save()
    record_event(
        f"keep_{KINDS[type(row)]}", by=by, target=str(row), detail={"fields": sorted(changed)}
    )


@transaction.atomic
def remove_reference(row: Reference, *, by: User) -> None:
    """Take out a notice without days, a special day or an alias."""
    refuse_unless_administrator(by)
    record_event(f"remove_{KINDS[type(row)]}", by=by, target=str(row))
    row.delete()
