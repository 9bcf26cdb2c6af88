"""Before the first sheet: what was signed is a kept text; what was scored on trial adds up."""

from appeals.records.checks import Check, by_sql
from evaluations.models import Plan, TrialSheet, Undertaking
from evaluations.queries.trial import loose_trial_sheet
from evaluations.rules.grading import assess, stored
from evaluations.rules.undertakings import WORDINGS


def signed_texts(plans: list[Plan]) -> tuple[int, list[str]]:
    """Every signature names a wording that is kept, by its fingerprint."""
    kept = {(each.version, each.sha256) for each in WORDINGS}
    rows = list(Undertaking.objects.filter(plan__in=plans).select_related("expert__person"))
    broken = [str(row) for row in rows if (row.text_version, row.text_sha256) not in kept]
    return len(rows), broken


def trial_totals(plans: list[Plan]) -> tuple[int, list[str]]:
    """Every sealed trial sheet comes to its total and grade again."""
    sealed = TrialSheet.objects.filter(file__trial__plan__in=plans, sealed_at__isnull=False)
    rows = list(sealed.select_related("file__trial__standard", "file__case", "expert__person"))
    broken = []
    for row in rows:
        loose = loose_trial_sheet(row)
        result = assess(loose.standard, loose.marks, overall=row.overall)
        told = None
        if result.score is not None and result.grade is not None:
            told = stored(result.score), result.grade.name
        if told != (row.total, row.grade):
            broken.append(str(row))
    return len(rows), broken


CHECKS = (
    Check("I-50", "每份承诺书签的都是存档的那一版文本", signed_texts),
    Check("I-50b", "试评表按标准重算，总分和等次与封存时一致", trial_totals),
    Check(
        "I-50c",
        "试评卷宗不在评估样本里",
        by_sql("""
            SELECT '试评' || f.ordinal, NOT EXISTS (
                   SELECT FROM evaluations_drawncase d WHERE d.case_id = f.case_id)
              FROM evaluations_trialfile f JOIN evaluations_trial t ON t.id = f.trial_id
             WHERE t.plan_id = ANY(%(plans)s)
        """),
    ),
)
