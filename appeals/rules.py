"""异议申辩 by article 6.3: what makes a result final. Pure."""

from datetime import datetime


def is_final(
    *, now: datetime, until: datetime | None, appealed: bool, answered: bool, withdrawn: bool
) -> bool:
    """Whether a grade can no longer change: the period is over, or its appeal is settled.

    A withdrawn appeal used up the one chance of the case, so that the period changes nothing.
    """
    if appealed:
        return answered or withdrawn
    return until is not None and now >= until
