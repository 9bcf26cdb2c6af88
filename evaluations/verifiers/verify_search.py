"""verify_rows.py 的另一半：逐一试着把名单的一处改回去，指纹与封存时相同的，被改的就是那一处."""
# ruff: noqa: B905 - zip(strict=) needs Python 3.10

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from importlib import import_module
from itertools import chain, combinations, product
from typing import Any

PACKAGE = f"{__package__}." if __package__ else ""
clues: Any = import_module(f"{PACKAGE}verify_clues")

WORK = {"SHA-256": 2_000_000_000, "SM3": 400_000_000}
"""每一种改法最多试算多少字节，约一两秒."""
MOST_LINES, LONG = 100_000, 5_000
"""再长的不试，只看与原结果对不上的行；长的少试，试不完."""
SURE, FEW = 9, 20
"""前几种改法只用出现过的写法，后几种试推测的编号，试得少些."""


class SpentError(Exception):
    """试算够多了."""


class Search:
    """逐一试算：前面各行的杂凑状态算一次，改动处以后的重算."""

    def __init__(self, lines: list[str], *, targets: Collection[str], name: str) -> None:
        self.lines, self.targets, self.name = lines, targets, name
        self.work = WORK[name] if len(lines) < LONG else WORK[name] // 20
        self.left = self.work
        self.data = memoryview(clues.encoded("".join([f"{line}\n" for line in lines])))
        self.start = [0]
        for line in lines:
            self.start.append(self.start[-1] + len(clues.encoded(line)) + 1)
        self.states = [hashlib.sha256() if name == "SHA-256" else hashlib.new("sm3")]

    def between(self, start: int, end: int | None = None) -> memoryview:
        """从一行起、到另一行前的字节."""
        return self.data[self.start[start] : None if end is None else self.start[end]]

    def same(self, at: int, *pieces: str | memoryview) -> bool:
        """前 at 行不动，后面换成这些，指纹是不是封存时的."""
        while len(self.states) <= at:
            self.states.append(self.states[-1].copy())
            self.states[-1].update(self.between(len(self.states) - 2, len(self.states) - 1))
        found = self.states[at].copy()
        for piece in pieces:
            data = clues.encoded(f"{piece}\n") if isinstance(piece, str) else piece
            found.update(data)
            self.spend(len(data))
        self.spend(1500)
        return found.hexdigest() in self.targets

    def spend(self, work: int) -> None:
        """记下用了多少；够多了就停."""
        self.left -= work
        if self.left < 0:
            raise SpentError

    def replaced(self, at: int, line: str, part: Any) -> bool:
        """一行改回去；改了以后次序不同的，放回它该在的地方."""
        others = [row for row in (at - 1, at + 1) if part.first <= row < part.end]
        if all((self.lines[row] < line) == (row < at) for row in others):
            return self.same(at, line, self.between(at + 1))
        rest = self.lines[part.first : at] + self.lines[at + 1 : part.end]
        to = part.first + bisect_left(rest, line)
        if to < at:
            return self.same(to, line, self.between(to, at), self.between(at + 1))
        return self.same(at, self.between(at + 1, to + 1), line, self.between(to + 1))

    def inserted(self, line: str, part: Any) -> int:
        """补上一行；返回它该在第几行，不是就返回 0."""
        to = bisect_left(self.lines, line, part.first, part.end)
        return to + 1 if self.same(to, line, self.between(to)) else 0


def restored(search: Search, text: str, *, head: Any, parts: Any, result: Any) -> tuple[str, bool]:
    """逐一试着改回一处；返回找到的改动，和有没有没试完的."""
    spent, rest = False, 2 * search.work
    for number, stage in enumerate(stages(search, text, head=head, parts=parts, result=result)):
        share = min(rest, search.work if number < SURE else search.work // 4)
        search.left = share
        try:
            found = next(stage, "")
        except SpentError:
            found, spent = "", True
        if found:
            return found, False
        rest -= share - max(search.left, 0)
    return "", spent


def stages(
    search: Search, text: str, *, head: Any, parts: Any, result: Any
) -> Iterator[Iterator[str]]:
    """各种改法，最像的在前；与原结果对不上的行先试，整片对不上的不在一行上."""
    known = clues.known_values(parts, result)
    guesses = clues.guesses(known)
    both = {column: [*values, *guesses.get(column, ())] for column, values in known.items()}
    doubted = {at for at, _ in clues.contradictions(head, parts, result)}
    if len(doubted) > FEW:
        doubted = set()
    yield forms(search, text)
    yield order(search, parts)
    yield cells(search, parts, known, lambda at: at in doubted)
    yield cells(search, parts, guesses, lambda at: at in doubted)
    yield headers(search, head, result)
    yield additions(search, parts)
    yield cells(search, parts, known, lambda at: at not in doubted)
    yield removals(search, parts, known, known)
    yield swaps(search, parts)
    yield cells(search, parts, guesses, lambda at: at not in doubted)
    yield removals(search, parts, both, known)
    yield removals(search, parts, known, guesses)


def forms(search: Search, text: str) -> Iterator[str]:
    """换行符、文件首尾、杂凑算法."""
    forms = {
        "文件末尾的换行符": text.rstrip("\n") + "\n",
        "换行符": text.replace("\r\n", "\n"),
        "文件开头的BOM标记": text.lstrip("\ufeff"),
    }
    for what, other in forms.items():
        if clues.digest(other, search.name) in search.targets:
            yield f"名单的{what}被改动，各行内容没有变"
    for now, was in (("SM3", "SHA-256"), ("SHA-256", "SM3")):
        other = text.replace(f"\nhash={now}\n", f"\nhash={was}\n", 1)
        if other != text and clues.digest(other, was) in search.targets:
            at = text[: text.index(f"\nhash={now}\n")].count("\n") + 1
            yield clues.changed(at, f"hash={now}", f"hash={was}", [])


def order(search: Search, parts: Any) -> Iterator[str]:
    """只是次序被调换，或同一行写了两遍."""
    due = list(search.lines)
    for part in sorted(parts.values(), reverse=True):
        due[part.first : part.end] = sorted(set(due[part.first : part.end]))
    if due != search.lines and search.same(0, "\n".join(due)):
        at = next(i for i, (one, other) in enumerate(zip(search.lines, due)) if one != other)
        yield clues.moved(at, search.lines[at], due[at])


def headers(search: Search, head: Any, result: Any) -> Iterator[str]:
    """一项表头."""
    for key, (at, now) in head.items():
        for value in clues.header_values(key, result):
            if value != now and search.same(at, f"{key}={value}", search.between(at + 1)):
                yield clues.changed(at, f"{key}={now}", f"{key}={value}", [])


def additions(search: Search, parts: Any) -> Iterator[str]:
    """添上的一行."""
    for row in chain(*[part.rows for part in parts.values()]):
        if search.same(row.at, search.between(row.at + 1)):
            yield f"名单第{row.at + 1}行“{clues.shown(search.lines[row.at])}”是后来添上的"


def cells(search: Search, parts: Any, values: Any, which: Callable[[int], bool]) -> Iterator[str]:
    """一行里的一栏，首栏放在最后."""
    for part in parts.values():
        taken = {row.cells[0] for row in part.rows} if part.unique else set()
        places = [*enumerate(part.columns)]
        for place, column in places[1:] + places[:1]:
            some = [v for v in values.get(column, ()) if place or v not in taken]
            for row, value in product(filter(lambda row: which(row.at), part.rows), some):
                line = "\t".join([*row.cells[:place], value, *row.cells[place + 1 :]])
                if line != search.lines[row.at] and search.replaced(row.at, line, part):
                    yield clues.changed(row.at, search.lines[row.at], line, part.columns)


def removals(search: Search, parts: Any, known: Any, first: Any) -> Iterator[str]:
    """删去的一行：没有列出的案号、人员，配上各栏出现过的写法."""
    for part in parts.values():
        taken = {row.cells[0] for row in part.rows} if part.unique else set()
        columns = [known[column] for column in part.columns]
        columns[:1] = [[v for v in first.get(c, ()) if v not in taken] for c in part.columns[:1]]
        for row in product(*columns) if columns else ():
            number = search.inserted("\t".join(row), part)
            if number:
                yield f"封存时第{number}行“{' '.join(row)}”被删去了"


def swaps(search: Search, parts: Any) -> Iterator[str]:
    """两行的一栏，或除首栏外的各栏，对调了."""
    for part in parts.values():
        for a, b in [(i, i + 1) for i in range(1, len(part.columns))] + [(1, len(part.columns))]:
            for one, two in combinations(part.rows, 2):
                if one.cells[a:b] == two.cells[a:b]:
                    search.spend(200)
                    continue
                upper = "\t".join([*one.cells[:a], *two.cells[a:b], *one.cells[b:]])
                lower = "\t".join([*two.cells[:a], *one.cells[a:b], *two.cells[b:]])
                middle, tail = search.between(one.at + 1, two.at), search.between(two.at + 1)
                if search.same(one.at, upper, middle, lower, tail):
                    first = clues.changed(one.at, search.lines[one.at], upper, part.columns)
                    yield f"{first}；第{two.at + 1}行与它对调"
