"""Rows that were not imported, and the equation they are part of."""

from django.db.models import Count, QuerySet

from cases.models import Frame, RejectedRow
from cases.rules import Reconciliation, reconcile


def standing_rejections(frame: Frame) -> QuerySet[RejectedRow]:
    """Rows of confirmed files that are not imported and count in the control total."""
    return RejectedRow.objects.filter(
        frame=frame, batch__confirmed_at__isnull=False, withdrawn_at__isnull=True
    )


def reconciliation_of(frame: Frame) -> Reconciliation:
    """Declared = in the draw + excluded + rejected, as it stands now. Two queries."""
    counted = frame.cases.aggregate(total=Count("pk"), excluded=Count("exclusion"))
    return equation_of(frame, **counted)


def equation_of(frame: Frame, *, total: int, excluded: int) -> Reconciliation:
    """The same where the cases are counted already. One query."""
    return reconcile(
        declared=frame.declared_total,
        imported=total - excluded,
        excluded=excluded,
        rejected=standing_rejections(frame).count(),
    )
