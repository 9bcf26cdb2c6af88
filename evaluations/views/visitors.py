"""公众查询: who is counted on the public pages."""

from django.http import HttpRequest

from evaluations.actions.results import count_lookup


def count_stranger(request: HttpRequest) -> None:
    """Count who is not signed in; an account is known, and the auditor's reading writes nothing."""
    if not request.user.is_authenticated:
        count_lookup(address=request.META.get("REMOTE_ADDR"))
