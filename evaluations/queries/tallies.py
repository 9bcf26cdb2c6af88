"""The figures of a report, added up by the database: a fixed number of statements for any size.

Two passes over `result_counted_by_plan`, an index that holds every column they ask for, so that
200,000 results cost one index and other years cost nothing.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from evaluations.models import ItemTally, Panel, Plan
from evaluations.rules.report import FOLDED_BELOW, OTHERS
from evaluations.rules.report_counts import Counts, ItemCount, PairCount
from evaluations.rules.report_items import ItemLoss, item_losses
from wanzhou_eval.prepared import Statement

TALLY = Statement(
    "report_tally",
    "bigint",
    """
WITH counted AS (
    SELECT grouping(kind, firm_id, regular_grade, outcome) AS told, kind, firm_id, regular_grade,
           outcome, place, count(*) AS cases
      FROM evaluations_caseresult WHERE plan_id = $1
     GROUP BY GROUPING SETS ((kind, place), (firm_id, place), (regular_grade, place), (outcome)))
SELECT told, kind, firm.name, regular_grade, outcome, place, cases
  FROM counted LEFT JOIN wanzhou_eval_firm firm ON firm.id = counted.firm_id
""",
)
BY_KIND, BY_FIRM, BY_REGULAR, BY_OUTCOME = 0b0111, 0b1011, 0b1101, 0b1110
"""What `grouping` answers: a bit is set for every column that does not take part."""

PAIRS = Statement(
    "report_pairs",
    "bigint",
    """
WITH counted AS (
SELECT panel_id, leader_id, member_id, place, count(*) AS cases, count(difference) AS compared,
       count(*) FILTER (WHERE leader_place = member_place) AS exact,
       coalesce(sum(difference), 0) AS total, coalesce(sum(difference * difference), 0) AS squares,
       count(*) FILTER (WHERE first_outcome = 'ruling') AS ruled,
       count(*) FILTER (WHERE first_outcome = 'ruling' AND first_place = leader_place) AS own,
       count(*) FILTER (WHERE first_outcome = 'ruling' AND first_place = member_place
                          AND member_place <> leader_place) AS other,
       count(*) FILTER (WHERE first_outcome = 'ruling' AND first_place < member_place) AS higher,
       count(*) FILTER (WHERE first_outcome = 'ruling' AND first_place > member_place) AS lower
  FROM evaluations_caseresult WHERE plan_id = $1
 GROUP BY panel_id, leader_id, member_id, place)
SELECT panel_id, coalesce(l.name, ''), coalesce(m.name, ''), place, cases, compared, exact, total,
       squares, ruled, own, other, higher, lower
  FROM counted
  LEFT JOIN experts_expert le ON le.id = leader_id
  LEFT JOIN wanzhou_eval_person l ON l.id = le.person_id
  LEFT JOIN experts_expert me ON me.id = member_id
  LEFT JOIN wanzhou_eval_person m ON m.id = me.person_id
""",
)


def report_counts(plan: Plan, *, panels: Sequence[Panel] | None = None) -> Counts:
    """The figures of a plan as they stand now; the caller has seen that the evaluation ended.

    `panels` are its standing panels, where the caller has read them already.
    """
    bands = list(plan.standard.bands.all()) if plan.standard else []
    known = standing_panels(plan) if panels is None else panels
    tally = _run(TALLY, plan)
    return Counts(
        grades=[band.name for band in bands],
        failing_places=[place for place, band in enumerate(bands, start=1) if band.failing],
        population=population(plan),
        kinds=sorted((row[1], row[5], row[6]) for row in tally if row[0] == BY_KIND),
        outcomes=sorted((row[4], row[6]) for row in tally if row[0] == BY_OUTCOME),
        firms=_fold([(row[2], row[5], row[6]) for row in tally if row[0] == BY_FIRM]),
        regular=sorted((row[3], row[5], row[6]) for row in tally if row[0] == BY_REGULAR),
        pairs=_pairs(plan, known, grades=len(bands)),
        items=_items(plan),
    )


def standing_panels(plan: Plan) -> list[Panel]:
    """The panels of the draw that stands."""
    return list(Panel.objects.filter(plan=plan, draw__voided_at__isnull=True))


def _run(statement: Statement, plan: Plan) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        statement.run(cursor, plan.pk)
        return list(cursor.fetchall())


POPULATION = Statement(
    "report_population",
    "bigint",
    """
SELECT kind, sum(cases)::int FROM (
    SELECT kind, count(*) AS cases FROM cases_case WHERE frame_id = $1 GROUP BY kind
     UNION ALL
    SELECT file.kind, -count(*)
      FROM cases_exclusion exclusion JOIN cases_case file ON file.id = exclusion.case_id
     WHERE exclusion.frame_id = $1 GROUP BY file.kind) counted
 GROUP BY kind HAVING sum(cases) <> 0 ORDER BY kind
""",
)


def population(plan: Plan) -> dict[str, int]:
    """How many cases could be drawn, by kind: all of an index, less the few that are left out."""
    with connection.cursor() as cursor:
        POPULATION.run(cursor, plan.frame_id)
        return dict(cursor.fetchall())


def _fold(rows: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Firms with their grades; those with few cases are one line already in the record."""
    cases: Counter[str] = Counter()
    for firm, _, n in rows:
        cases[firm] += n
    found: Counter[tuple[str, int]] = Counter()
    for firm, place, n in rows:
        found[firm if cases[firm] >= FOLDED_BELOW else OTHERS, place] += n
    return sorted((name, place, n) for (name, place), n in found.items())


def _pairs(plan: Plan, panels: Sequence[Panel], *, grades: int) -> list[PairCount]:
    """Pairs in the order of the panels; a place is a column of its own in the statement."""
    found: dict[tuple[Any, ...], tuple[list[int], list[int]]] = {}
    for panel, leader, member, place, n, *sums in _run(PAIRS, plan):
        by_place, added = found.setdefault((panel, leader, member), ([0] * grades, [0] * 9))
        by_place[place - 1] += n
        added[:] = [kept + int(more) for kept, more in zip(added, sums, strict=True)]
    names = {panel.pk: str(panel) for panel in panels}
    order = {pk: place for place, pk in enumerate(names)}
    sums_of = ("compared", "exact", "total", "squares", "ruled", "own", "other", "higher", "lower")
    return [
        PairCount(
            panel=names.get(panel, ""),
            leader=leader,
            member=member,
            by_place=by_place,
            **dict(zip(sums_of, added, strict=True)),
        )
        for (panel, leader, member), (by_place, added) in sorted(
            found.items(), key=lambda each: (order.get(each[0][0], -1), each[0][1:])
        )
    ]


ITEM_COLUMNS = {
    "scope": "item__scope", "number": "item__number", "title": "item__title",
    "full": "item__full_marks", "scored": "scored", "lost": "lost", "skipped": "skipped",
    "vetoed": "vetoed", "by_level": "item__by_level", "best": "level_3", "middle": "level_2",
    "low": "level_1",
}  # fmt: skip


def _items(plan: Plan) -> list[ItemCount]:
    listed = ItemTally.objects.filter(Q(item__veto=False) | Q(vetoed__gt=0), plan=plan)
    rows = listed.order_by("item__scope", "item__ordinal").values_list(*ITEM_COLUMNS.values())
    return [_item(dict(zip(ITEM_COLUMNS, row, strict=True))) for row in rows]


def _item(row: dict[str, Any]) -> ItemCount:
    levels = tuple(row.pop(name) for name in ("best", "middle", "low"))
    row |= {"full": str(row["full"]), "lost": str(row["lost"])}
    return ItemCount(levels=levels if row.pop("by_level") else (), **row)


def worst_items(plan: Plan, *, limit: int) -> list[ItemLoss]:
    """失分最多的项目; the caller has seen that the evaluation ended."""
    return [item for item in item_losses(_items(plan)) if item.weak][:limit]
