"""Statements past the actions against the draws of a year, and which rule refuses them."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from evaluations.models import Draw

SEED = "112358132134558914423337"


def refusing(sql: str, *values: Any) -> str:
    """Name of the constraint or trigger that refuses a statement."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        connection.cursor().execute(sql, values)
    return str(caught.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def set_columns(what: str) -> str:
    return f"UPDATE evaluations_draw SET {what}"


def literal(value: object) -> str:
    """A value as SQL writes it."""
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else str(value)


def new_draw(draw: Draw, **change: str) -> str:
    """A statement that inserts a copy of a draw's list as the next attempt."""
    fresh = Draw(attempt=0, code="")
    kept = {"plan", "kind", "target", "hash_name", "freeze_text", "freeze_hash", "frozen_by"}
    values: dict[str, str] = {}
    for field in Draw._meta.concrete_fields[1:]:
        blank = field.get_db_prep_save(getattr(fresh, field.attname), connection)
        column = str(field.column)
        values[column] = column if field.name in kept else literal(blank)
    values |= {"attempt": "attempt + 1", "code": "code || 'x'", "previous_id": "id"}
    values |= {"frozen_at": "clock_timestamp()"} | change
    return (
        f"INSERT INTO evaluations_draw ({', '.join(values)})"
        f" SELECT {', '.join(values.values())} FROM evaluations_draw WHERE id = {draw.pk}"
    )
