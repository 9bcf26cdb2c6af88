"""The figures of a report, added up by the database: a fixed number of statements for any size.

Two passes over `result_counted_by_plan`, an index that holds every column they ask for, so that
200,000 results cost one index and other years cost nothing.
"""

from collections import Counter
from typing import Any

from django.db import connection
from django.db.models import Count

from evaluations.models import ItemTally, Panel, Plan
from evaluations.rules.report import FOLDED_BELOW, OTHERS, ItemLoss, item_losses
from evaluations.rules.report_counts import Counts, ItemCount, PairCount
from experts.models import Expert
from wanzhou_eval.models import Firm
from wanzhou_eval.prepared import Statement

TALLY = Statement(
    "report_tally",
    "bigint",
    """
SELECT grouping(kind, firm_id, regular_grade, outcome), kind, firm_id, regular_grade, outcome,
       place, count(*)
  FROM evaluations_caseresult WHERE plan_id = $1
 GROUP BY GROUPING SETS ((kind, place), (firm_id, place), (regular_grade, place), (outcome))
""",
)
BY_KIND, BY_FIRM, BY_REGULAR, BY_OUTCOME = 0b0111, 0b1011, 0b1101, 0b1110
"""What `grouping` answers: a bit is set for every column that does not take part."""

PAIRS = Statement(
    "report_pairs",
    "bigint",
    """
SELECT panel_id, leader_id, member_id, place, count(*), count(difference),
       count(*) FILTER (WHERE leader_place = member_place),
       coalesce(sum(difference), 0), coalesce(sum(difference * difference), 0),
       count(*) FILTER (WHERE first_outcome = 'ruling'),
       count(*) FILTER (WHERE first_outcome = 'ruling' AND first_place = leader_place),
       count(*) FILTER (WHERE first_outcome = 'ruling' AND first_place = member_place
                          AND member_place <> leader_place),
       count(*) FILTER (WHERE first_outcome = 'ruling' AND first_place < member_place),
       count(*) FILTER (WHERE first_outcome = 'ruling' AND first_place > member_place)
  FROM evaluations_caseresult WHERE plan_id = $1
 GROUP BY panel_id, leader_id, member_id, place
""",
)


def report_counts(plan: Plan) -> Counts:
    """The figures of a plan as they stand now; the caller has seen that the evaluation ended."""
    bands = list(plan.standard.bands.all()) if plan.standard else []
    tally = _run(TALLY, plan)
    names = _firm_names(tally)
    return Counts(
        grades=[band.name for band in bands],
        failing_places=[place for place, band in enumerate(bands, start=1) if band.failing],
        population=population(plan),
        kinds=sorted((row[1], row[5], row[6]) for row in tally if row[0] == BY_KIND),
        outcomes=sorted((row[4], row[6]) for row in tally if row[0] == BY_OUTCOME),
        firms=_fold(tally, names),
        regular=sorted((row[3], row[5], row[6]) for row in tally if row[0] == BY_REGULAR),
        pairs=_pairs(plan, grades=len(bands)),
        items=_items(plan),
    )


def _run(statement: Statement, plan: Plan) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        statement.run(cursor, plan.pk)
        return list(cursor.fetchall())


def population(plan: Plan) -> dict[str, int]:
    """How many cases could be drawn, by kind."""
    cases = plan.frame.cases.filter(exclusion__isnull=True)
    return dict(cases.order_by().values_list("kind").annotate(Count("pk")))


def _firm_names(tally: list[tuple[Any, ...]]) -> dict[int, str]:
    wanted = {row[2] for row in tally if row[0] == BY_FIRM}
    return dict(Firm.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _fold(tally: list[tuple[Any, ...]], names: dict[int, str]) -> list[tuple[str, int, int]]:
    """Firms with their grades; those with few cases are one line already in the record."""
    rows = [(row[2], row[5], row[6]) for row in tally if row[0] == BY_FIRM]
    cases: Counter[int] = Counter()
    for firm, _, n in rows:
        cases[firm] += n
    found: Counter[tuple[str, int]] = Counter()
    for firm, place, n in rows:
        found[names[firm] if cases[firm] >= FOLDED_BELOW else OTHERS, place] += n
    return sorted((name, place, n) for (name, place), n in found.items())


def _pairs(plan: Plan, *, grades: int) -> list[PairCount]:
    """Pairs in the order of the panels; a place is a column of its own in the statement."""
    found: dict[tuple[Any, ...], tuple[list[int], list[int]]] = {}
    for panel, leader, member, place, n, *sums in _run(PAIRS, plan):
        by_place, added = found.setdefault((panel, leader, member), ([0] * grades, [0] * 9))
        by_place[place - 1] += n
        added[:] = [kept + int(more) for kept, more in zip(added, sums, strict=True)]
    panels = {panel.pk: str(panel) for panel in Panel.objects.filter(plan=plan)}
    people = {pk for key in found for pk in key[1:] if pk}
    names = dict(Expert.objects.filter(pk__in=people).values_list("pk", "person__name"))
    order = {pk: place for place, pk in enumerate(panels)}
    sums_of = ("compared", "exact", "total", "squares", "ruled", "own", "other", "higher", "lower")
    return [
        PairCount(
            panel=panels.get(panel, ""),
            leader=names.get(leader, ""),
            member=names.get(member, ""),
            by_place=by_place,
            **dict(zip(sums_of, added, strict=True)),
        )
        for (panel, leader, member), (by_place, added) in sorted(
            found.items(), key=lambda each: (order.get(each[0][0], -1), str(each[0]))
        )
    ]


def _items(plan: Plan) -> list[ItemCount]:
    rows = ItemTally.objects.filter(plan=plan, item__veto=False) | ItemTally.objects.filter(
        plan=plan, vetoed__gt=0
    )
    return [
        ItemCount(
            scope=row.item.scope,
            number=row.item.number,
            title=row.item.title,
            full=str(row.item.full_marks),
            scored=row.scored,
            lost=str(row.lost),
            skipped=row.skipped,
            vetoed=row.vetoed,
        )
        for row in rows.select_related("item").order_by("item__scope", "item__ordinal")
    ]


def worst_items(plan: Plan, *, limit: int) -> list[ItemLoss]:
    """失分最多的项目; the caller has seen that the evaluation ended."""
    return [item for item in item_losses(_items(plan)) if item.lost][:limit]
