"""What a production start refuses, beside Django's own deployment checks."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register
from django.db import DatabaseError, connection

from wanzhou_eval.database import OWNER
from wanzhou_eval.models import User

SHORTEST_KEY = 50


@register(deploy=True)
def secret_key_is_long(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A guessable key lets anyone forge a session."""
    if not settings.REHEARSAL and len(settings.SECRET_KEY) < SHORTEST_KEY:
        return [
            Error(
                f"SECRET_KEY 太短（{len(settings.SECRET_KEY)} 个字符）。",
                hint=f"请换成至少 {SHORTEST_KEY} 个随机字符。",
                id="wanzhou.E001",
            )
        ]
    return []


@register(deploy=True)
def no_rehearsal_accounts(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Rehearsal accounts share a published password; one active account is enough to refuse."""
    if settings.REHEARSAL:
        return []
    try:
        names = sorted(User.objects.filter(rehearsal=True).values_list("username", flat=True))
    except DatabaseError as error:
        hint = "请检查 DATABASE_URL，然后运行 manage.py set_up。"
        return [Error(f"读不到账号表：{error}", hint=hint, id="wanzhou.E002")]
    if not names:
        return []
    return [
        Error(
            f"数据库里有演练账号：{'、'.join(names)}。它们的密码是公开的，不能用于正式运行。",
            hint="请运行 WANZHOU_REHEARSAL=1 manage.py demo --reset，或换一个空的数据库。",
            id="wanzhou.E003",
        )
    ]


@register(deploy=True)
def pages_do_not_run_as_owner(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A login that can become the owner could switch off the triggers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_has_role(session_user, %s, 'MEMBER')", [OWNER])
            ((member,),) = cursor.fetchall()
    except DatabaseError:
        return []  # said by the check above
    if not member:
        return []
    return [
        Info(
            f"网页使用的数据库登录名可以变成 {OWNER}，能够停用封存记录的保护。",
            hint="请让 DATABASE_URL 用 wanzhou_app、DATABASE_OWNER_URL 用 wanzhou_owner 登录。",
            id="wanzhou.I001",
        )
    ]
