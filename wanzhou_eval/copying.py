"""Many rows at once in one table: COPY with keys taken beforehand, and one UPDATE from JSON.

INSERT by `bulk_create` costs three times as much. Constraints and triggers judge every row as
ever; what they refuse is raised as Django's own errors, so that it becomes a sentence.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import CharField, Field, Model, TextField

PIECE = 5000
"""Rows written out at a time: memory does not grow with their number."""
WRITTEN = (CharField, TextField)
Told = Callable[[int], object]
"""Told how many rows are written so far; what it raises stops the writing."""


def take_keys(model: type[Model], count: int) -> list[int]:
    """Reserve `count` keys of a table's sequence, ascending."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        # The name as a constant: looked up once, not for each key.
        taken = "SELECT nextval(%s::regclass) AS key FROM generate_series(1, %s)"
        of = [cursor.fetchone()[0], count]
        cursor.execute(f"WITH taken AS ({taken}) SELECT min(key), max(key) FROM taken", of)  # noqa: S608
        first, last = cursor.fetchone()
        if last - first + 1 == count:  # nobody took one in between
            return list(range(first, last + 1))
        cursor.execute(f"SELECT array_agg(key) FROM ({taken}) AS taken", of)  # noqa: S608
        keys: list[int] = cursor.fetchone()[0]
    return sorted(keys)


def copy_rows(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    told: Told | None = None,
) -> int:
    """Add rows, given in the order of `columns` (field names); returns how many.

    None is NULL; an empty text is an empty text. Columns left out take the database's default.
    """
    fields = columns_of(model, columns)
    texts = [f'"{field.column}"' for field in fields if isinstance(field, WRITTEN)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    kept = f", FORCE_NOT_NULL ({', '.join(texts)})" if texts else ""
    sql = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN WITH (FORMAT csv{kept})'
    source = _Lines(rows, told)
    with connection.cursor() as cursor:
        with connection.wrap_database_errors:
            cursor.cursor.copy_expert(sql, source)
        if cursor.rowcount != source.given:
            raise DatabaseError(f"{model._meta.db_table}: {cursor.rowcount} of {source.given}")
    return source.given


def update_rows(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Change rows; each begins with its key, then the values in the order of `columns`."""
    fields = columns_of(model, ("id", *columns))
    table, names = model._meta.db_table, [field.column for field in fields]
    listed = ", ".join(f'"{name}" = given."{name}"' for name in names[1:])
    sql = (
        f'UPDATE "{table}" AS kept SET {listed}'  # noqa: S608  # names of our own models
        f' FROM json_populate_recordset(NULL::"{table}", %s) AS given WHERE kept.id = given.id'
    )
    source = iter(rows)
    with connection.cursor() as cursor:
        while piece := list(islice(source, PIECE)):
            given = [dict(zip(names, row, strict=True)) for row in piece]
            cursor.execute(sql, [json.dumps(given, default=str, ensure_ascii=False)])


def columns_of(model: type[Model], names: Iterable[str]) -> list[Field[Any, Any]]:
    """The stored fields of these names."""
    return [field for name in names if isinstance(field := model._meta.get_field(name), Field)]


class _Lines:
    """Rows as a file of CSV, made while the database reads it."""

    def __init__(self, rows: Iterable[Sequence[object]], told: Told | None) -> None:
        self.rows: Iterator[Sequence[object]] = iter(rows)
        self.told = told
        self.given = 0

    def read(self, _size: int = -1) -> str:
        """The next piece, "" at the end; larger than asked for is allowed."""
        if self.told:
            self.told(self.given)
        piece = list(islice(self.rows, PIECE))
        self.given += len(piece)
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(piece)  # so that a bare \r is quoted
        return text.getvalue()
