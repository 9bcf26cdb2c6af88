"""What a check is, and how one by SQL runs."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from evaluations.models import Plan


@dataclass(frozen=True)
class Finding:
    """The outcome of a check: how many rows were looked at, and the first that break it."""

    code: str
    statement: str
    examined: int
    broken: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing breaks the statement."""
        return not self.broken

    @property
    def line(self) -> str:
        """One line of the report."""
        if self.ok:
            return f"{self.code} 成立：{self.statement}（查{self.examined}项）"
        first = "、".join(self.broken[:5])
        return f"{self.code} 不成立：{self.statement}。共{len(self.broken)}处，例如：{first}"


@dataclass(frozen=True)
class Check:
    """A statement that must hold at every commit, and the function that looks."""

    code: str
    statement: str
    look: Callable[[list[Plan]], tuple[int, list[str]]]

    def run(self, plans: list[Plan]) -> Finding:
        """Look at the given years."""
        examined, broken = self.look(plans)
        return Finding(self.code, self.statement, examined, tuple(broken))


def by_sql(query: str) -> Callable[[list[Plan]], tuple[int, list[str]]]:
    """A check whose query returns (name, holds) for every row it examines.

    The query has `%(plans)s` and `%(frames)s`: the ids of the years asked for.
    """

    def look(plans: list[Plan]) -> tuple[int, list[str]]:
        ids = {
            "plans": [plan.pk for plan in plans] or [0],
            "frames": [plan.frame_id for plan in plans] or [0],
        }
        with connection.cursor() as cursor:
            cursor.execute(query, ids)
            rows = cursor.fetchall()
        return len(rows), [str(name) for name, holds in rows if not holds]

    return look
