"""CPU of this process, its children and its database backend; interleaved medians; one line a row.

Ratios are what counts: the machine may be shared, so work and floor alternate (A B A B).
"""

import gc
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

Work = Callable[[], Any]


@dataclass(frozen=True)
class Row:
    """One line of the table; times in milliseconds, `floor` 0 where the goal is absolute."""

    key: str
    work: str
    figure: float
    floor: float = 0.0
    goal: float = 0.0
    note: str = ""

    @property
    def value(self) -> float:
        """What is compared with the goal: the ratio or, without a floor, the figure."""
        return self.figure / self.floor if self.floor else self.figure

    def cells(self) -> tuple[str, ...]:
        """Id, work, figure, floor, ratio, goal, verdict."""
        unit = "" if self.floor else " 毫秒"
        return (
            self.key,
            f"{self.work}{f'（{self.note}）' if self.note else ''}",
            f"{self.figure:.1f} 毫秒",
            f"{self.floor:.1f} 毫秒" if self.floor else "—",
            f"{self.value:.2f}" if self.floor else "—",
            f"≤ {self.goal:g}{unit}" if self.goal else "—",
            ("达到" if self.value <= self.goal else "未达到") if self.goal else "只记录",
        )


class Meter:
    """Measures pieces of work; knows the database backend once it is told."""

    backend = 0

    def cpu(self) -> float:
        """Seconds of CPU used so far by process, ended children and backend."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = process_time() + children.ru_utime + children.ru_stime
        return own + (backend_seconds(self.backend) if self.backend else 0.0)

    def once(self, work: Work) -> tuple[float, float]:
        """Milliseconds of CPU and of wall time of one run."""
        gc.collect()
        cpu, wall = self.cpu(), perf_counter()
        work()
        ended = perf_counter()
        return (self.cpu() - cpu) * 1000, (ended - wall) * 1000

    def compare(self, work: Work, floor: Work, *, rounds: int) -> tuple[float, float]:
        """Median CPU milliseconds of work and floor, alternating, after one warm-up of each."""
        work()
        floor()
        pairs = [(self.once(work)[0], self.once(floor)[0]) for _ in range(rounds)]
        return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)

    def p95(self, work: Work, *, times: int) -> float:
        """The 95th percentile of wall time, one run after another, in milliseconds."""
        return quantiles([self.once(work)[1] for _ in range(times)], n=20)[-1]


def backend_seconds(pid: int) -> float:
    """CPU seconds of a process: nanoseconds where the kernel counts them, else clock ticks."""
    exact = Path(f"/proc/{pid}/schedstat")
    if exact.exists():
        return int(exact.read_text().split()[0]) / 1e9
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
