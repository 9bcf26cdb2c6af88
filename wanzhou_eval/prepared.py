"""Statements that PostgreSQL plans once per connection.

To plan a join of eight tables costs it more than to run it; a statement that arrives twenty times
a second is therefore prepared. Everything else goes through the models.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

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
            cursor.execute(f"PREPARE {self.name} {types} AS {self.sql}")
            names.add(self.name)
        given = f"({', '.join(['%s'] * len(values))})" if values else ""
        cursor.execute(f"EXECUTE {self.name} {given}", values)
