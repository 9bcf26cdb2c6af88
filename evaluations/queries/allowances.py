"""评估补贴: counted from sealed sheets, never typed (article 8)."""

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from evaluations.models import Plan, ScoreSheet
from evaluations.rules.allowance import Allowances, Work, allowances
from experts.models import Expert


def allowance_sheet(plan: Plan) -> Allowances:
    """One line per expert who held a sheet of the year, first evaluation and 复评 together.

    Only sealed sheets count, one taken back and sealed anew once. Before the end of the evaluation
    the counts say nothing about scores, so that the page may show them at any time.
    """
    of_year = Q(sheets__drawn_case__draw__plan=plan)
    held = ScoreSheet.objects.filter(drawn_case__draw__plan=plan).values("expert")
    experts = (
        Expert.objects.filter(pk__in=held)
        .order_by("-society", "person__code")
        .annotate(
            sealed=Count(
                Coalesce("sheets__origin_id", "sheets__pk"),
                distinct=True,
                filter=of_year & Q(sheets__sealed=True),
            )
        )
        .values_list("person__code", "person__name", "person__firm__name", "society", "sealed")
    )
    return allowances(
        (
            Work(expert=code, name=name, unit=unit, society=society, sheets=sealed)
            for code, name, unit, society, sealed in experts
        ),
        rate=plan.fee,
    )
