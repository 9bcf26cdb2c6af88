"""Who may open a page: every view states its roles; nothing is open by omission."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import get_urlconf, resolve

from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

STAFF = frozenset({Role.BUREAU, Role.CLERK, Role.LEADER, Role.AUDITOR})
EVERYONE = frozenset(Role)


def signed_in(request: HttpRequest) -> User:
    """The account behind the request, typed; only for views behind the login."""
    return cast(User, request.user)


def for_roles(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Open the view to these roles only; others read which role the page needs (403)."""
    allowed = frozenset(roles)

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            user = signed_in(request)
            if user.role not in allowed:
                names = "、".join(role.label for role in Role if role in allowed)
                raise RefusedError(
                    f"这个页面供{names}使用，当前账号是{user.get_role_display()}。"
                    "请换用有权限的账号登录，或联系公共法律服务科。",
                    status=403,
                )
            return view(request, *args, **kwargs)

        checked.allowed_roles = allowed  # type: ignore[attr-defined]  # read by the matrix test
        return checked

    return decorate


def may_open(user: User, address: str) -> bool:
    """Whether the page behind the address opens for this reader: a link to a 403 is a dead end."""
    allowed = _roles_of(address, get_urlconf() or settings.ROOT_URLCONF)
    return allowed is None or user.role in allowed


@lru_cache(maxsize=1024)
def _roles_of(address: str, urlconf: str) -> frozenset[Role] | None:
    """Who may open an address: the year's overview asks for twenty, and each is a walk."""
    return getattr(resolve(address, urlconf).func, "allowed_roles", None)


def public(view: View[P]) -> View[P]:
    """Open the view without login; the matrix test lists these by name."""
    view.allowed_roles = None  # type: ignore[attr-defined]  # read by the matrix test
    return login_not_required(view)


def own_account(view: View[P]) -> View[P]:
    """Mark a page that changes nothing but the reader's own account (auditors write it too)."""
    view.own_account = True  # type: ignore[attr-defined]  # read by reader_role
    return view
