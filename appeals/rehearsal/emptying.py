"""Emptying the rehearsal: the owner sets the triggers aside for one transaction.

Only rows of rehearsal years go. The audit trail stays: it also tells that it was emptied.
"""

from collections import deque
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import connections, models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel

from cases.models import Frame
from evaluations.models import DocumentTemplate, Plan, ScoringStandard
from experts.models import Expert, FormerFirm, Recusal, YearAbsence
from wanzhou_eval.audit import record_event
from wanzhou_eval.models import Firm, FirmAlias, Person, User

OWNER = "owner"
Table = type[models.Model]
Paths = dict[Table, str]


def empty_rehearsal() -> int:
    """Delete every row of rehearsal years, and the rehearsal accounts; the number of rows.

    Runs as the owner of the tables. Registers, pool and standards go only while there is no
    real year that may stand on them.
    """
    if not Plan.objects.filter(rehearsal=True).exists() and not _accounts().exists():
        return 0
    paths = paths_to_rehearsal()
    real = Plan.objects.filter(rehearsal=False).exists()
    registers: tuple[Table, ...] = () if real else _registers()
    wanted: tuple[Table, ...] = (*paths, *registers, User)
    tables = [model._meta.db_table for model in wanted]
    refresh_statistics()
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        removed = sum(
            _delete(_rows(model).filter(**{path: True})) for model, path in reversed(paths.items())
        )
        removed += sum(_delete(_rows(model)) for model in registers)
        if registers:
            _delete(LogEntry.objects.using(OWNER).filter(user__rehearsal=True))
            removed += _delete(_accounts())
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    record_event("empty_rehearsal", by=None, detail={"rows": removed})
    return removed


def refresh_statistics() -> None:
    """Let the planner know what a bulk change did; without it a fresh year is read row by row."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("ANALYZE")


def _accounts() -> "models.QuerySet[User]":
    return User.objects.using(OWNER).filter(rehearsal=True)


def _registers() -> tuple[Table, ...]:
    """What a rehearsal brought along besides the year itself."""
    standard = [relation.related_model for relation in _children(ScoringStandard)]
    item = [child for part in standard for child in (r.related_model for r in _children(part))]
    parts = [m for m in (*item, *standard) if m is not Plan and m not in paths_to_rehearsal()]
    people = (YearAbsence, Recusal, FormerFirm, Expert)
    return (DocumentTemplate, *parts, ScoringStandard, *people, FirmAlias, Person, Firm)


def paths_to_rehearsal() -> Paths:
    """Every model that hangs on a plan or a frame, with the lookup to its `rehearsal` mark.

    Parents stand before their children: rows are found through parents, so children go first.
    """
    paths: Paths = {Plan: "rehearsal", Frame: "rehearsal"}
    queue: deque[Table] = deque(paths)
    while queue:
        model = queue.popleft()
        for relation in _children(model):
            child = relation.related_model
            if child not in paths:
                paths[child] = f"{relation.field.name}__{paths[model]}"
                queue.append(child)
    return paths


def _children(model: Table) -> list[ForeignObjectRel]:
    """Foreign keys that point to the model."""
    return [
        relation
        for relation in model._meta.related_objects
        if relation.field.concrete and relation.related_model is not model
    ]


def _rows(model: Table) -> "models.QuerySet[Any]":
    return model._default_manager.using(OWNER)


def _delete(rows: "models.QuerySet[Any]") -> int:
    """One DELETE statement: foreign keys are deferred, so the order does not matter."""
    removed: int = rows._raw_delete(OWNER)
    return removed
