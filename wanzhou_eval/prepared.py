"""Statements that PostgreSQL plans once per connection.

To plan a join of eight tables costs it more than to run it; a statement that arrives twenty times
a second is therefore prepared. Everything else goes through the models.
"""

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

Row = TypeVar("Row", bound=Model)

INT_MAX = 2**31 - 1
"""The largest SQL int: a statement fails on more, where a lookup by a model finds nothing."""
_known: MutableMapping[Any, set[str]] = WeakKeyDictionary()
"""Names prepared on each of the driver's connections; a new connection knows none."""


@dataclass(frozen=True)
class Statement:
    """A statement with `$1`, `$2` … of the given SQL types; the name is its own."""

    name: str
    types: str
    sql: str

    def run(self, cursor: CursorWrapper, *values: Any) -> None:
        """Execute it on Django's connection, after preparing it where it is new there."""
        names = _known.setdefault(connection.connection, set())
        if self.name not in names:
            types = f"({self.types})" if self.types else ""
            # By the driver itself: it is no statement of the page, and counts as none.
            with connection.wrap_database_errors:
                cursor.cursor.execute(f"PREPARE {self.name} {types} AS {self.sql}")
            names.add(self.name)
        given = f"({', '.join(['%s'] * len(values))})" if values else ""
        cursor.execute(f"EXECUTE {self.name} {given}", values)


@dataclass(frozen=True)
class Columns(Generic[Row]):
    """The columns of a model under an alias of the statement; those left out load when asked for.

    Values come as the driver gives them: a JSON column is still text.
    """

    model: type[Row]
    alias: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, model: type[Row], alias: str, *, without: Sequence[str] = ()) -> "Columns[Row]":
        """All columns but those left out."""
        fields = model._meta.concrete_fields
        names = tuple(field.attname for field in fields if field.attname not in without)
        return cls(model, alias, names)

    @property
    def sql(self) -> str:
        """What stands behind SELECT."""
        fields = {field.attname: field.column for field in self.model._meta.concrete_fields}
        return ", ".join(f'{self.alias}."{fields[name]}"' for name in self.names)

    def take(self, cells: Iterator[Any]) -> Row:
        """The instance whose columns come next in a row of the answer."""
        return self.model.from_db("default", self.names, list(islice(cells, len(self.names))))
