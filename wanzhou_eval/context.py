"""What every page tells its script of the session: how long it lasts without use, and in all."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from wanzhou_eval.access import signed_in
from wanzhou_eval.middleware import DEFAULT_IDLE_LIMIT, IDLE_LIMIT, SESSION_LIMIT
from wanzhou_eval.models import Role


def session(request: HttpRequest) -> dict[str, Any]:
    """Seconds, for the warning five minutes before the end; nothing without a login."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    idle = IDLE_LIMIT.get(Role(signed_in(request).role), DEFAULT_IDLE_LIMIT)
    now = timezone.now().timestamp()
    gone = now - request.session.get("began_at", now)
    left = round((SESSION_LIMIT.total_seconds() - gone) / 60) * 60
    return {"session_idle": int(idle.total_seconds()), "session_left": left}
