"""CPU of this process, its children and its database backend, in interleaved rounds."""

import os
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")
Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """A line of the table; `goal` is a ratio, or an amount where there is no floor."""

    name: str
    figure: str
    floor: str
    ratio: float | None
    goal: float
    unit: str = ""
    note: str = ""

    @property
    def met(self) -> bool:
        return self.ratio is None or self.ratio <= self.goal

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of the table, as people read them."""
        ratio = "—" if self.ratio is None else f"{self.ratio:.2f}{self.unit}"
        goal = "—" if self.ratio is None else f"≤ {self.goal:g}{self.unit}"
        verdict = "记录" if self.ratio is None else "达到" if self.met else "未达到"
        return self.name, self.figure, self.floor, ratio, goal, verdict, self.note


def cpu() -> float:
    """Seconds of CPU so far: this process, finished children, the backend of the connection."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return total + backend_cpu()


def backend_cpu() -> float:
    """CPU of the server process behind our connection; 0 where it is on another machine."""
    if connection.connection is None:
        return 0.0
    stat = Path(f"/proc/{connection.connection.get_backend_pid()}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def timed(work: Work, *, times: int) -> float:
    """CPU of one run, over `times` runs."""
    before = cpu()
    for _ in range(times):
        work()
    return (cpu() - before) / times


def compare(
    figure: Work, floor: Work, *, rounds: int = 5, times: int = 10, floor_times: int = 0
) -> tuple[float, float]:
    """Medians of interleaved rounds (A B A B): CPU of the figure and of its floor."""
    figure(), floor()  # once to warm up
    figures, floors = [], []
    for _ in range(rounds):
        floors.append(timed(floor, times=floor_times or times))
        figures.append(timed(figure, times=times))
    return median(figures), median(floors)


def row(name: str, pair: tuple[float, float], *, goal: float, note: str = "") -> Row:
    """A row from a comparison."""
    figure, floor = pair
    return Row(name, shown(figure), shown(floor), figure / floor, goal, note=note)


def shown(seconds: float) -> str:
    """Milliseconds, or seconds from ten on."""
    return f"{seconds:.1f} 秒" if seconds >= 10 else f"{seconds * 1000:.1f} 毫秒"


def percentile(work: Work, *, times: int, share: float = 0.95) -> float:
    """The share's wall time of single runs, in seconds."""
    found = []
    for _ in range(times):
        before = perf_counter()
        work()
        found.append(perf_counter() - before)
    return sorted(found)[int(times * share)]
