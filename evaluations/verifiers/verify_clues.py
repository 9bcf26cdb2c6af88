"""verify_rows.py 所用：名单各栏写什么，改动前可能是什么，哪些行与原结果对不上，怎样写成一句."""
# ruff: noqa: B905 - zip(strict=) needs Python 3.10

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

COLUMNS = {
    "sample": {"cases": "no type month org status"},
    "experts": {"pool": "person org special lead status"},
    "match": {
        "alternates": "category rank person",
        "cases": "no type orgs handlers role",
        "conflicts": "person scope value reason",
        "experts": "person org",
        "groups": "group category leader member",
    },
}
WORDS = """
no 案号 type 案件类型 month 月份 org 机构 status 状态 person 人员 special 专业 lead 能否任组长
category 类别 rank 候补次序 orgs 机构 handlers 承办人 role 抽中或候补 scope 回避范围 value 回避对象
reason 原因 group 小组 leader 组长 member 组员
"""
LABELS = dict(zip(WORDS.split()[::2], WORDS.split()[1::2]))
FIXED = {
    "type": ["criminal", "civil", "admin"],
    "special": ["criminal", "civil", "criminal,civil"],
    "lead": ["0", "1"],
    "status": ["in"],
    "category": ["criminal", "civil"],
    "role": ["S", "R"],
    "scope": ["case", "org", "handler"],
}
CODES = ("org", "orgs", "handlers", "person", "leader", "member", "group", "no")
MODES = ("tens", "nearest", "notless", "clamp")


class Row(NamedTuple):
    """名单里的一行；行号从 0 数起."""

    at: int
    cells: list[str]


class Part(NamedTuple):
    """名单里的一节：第一行在哪里，各栏写什么."""

    first: int
    columns: list[str]
    rows: list[Row]

    @property
    def end(self) -> int:
        """这一节在哪一行前结束."""
        return self.first + len(self.rows)

    @property
    def unique(self) -> bool:
        """首栏不会重复：案号、人员、小组；候补和回避不是."""
        return self.columns[:1] != ["category"] and "scope" not in self.columns


Head = dict[str, tuple[int, str]]
Parts = dict[str, Part]
Result = dict[str, list[list[str]]]
Clue = tuple[int, str]


def take_apart(lines: list[str]) -> tuple[Head, Parts]:
    """各表头和各节；写坏的名单也尽量拆开."""
    head: Head = {}
    parts: Parts = {}
    part = None
    for at, line in enumerate(lines):
        if line[:1] == "[" and "\t" not in line:
            columns = COLUMNS.get(head.get("kind", (0, ""))[1], {}).get(line[1:-1], "")
            part = parts[line[1:-1]] = Part(at + 1, columns.split(), [])
        elif part:
            part.rows.append(Row(at, line.split("\t")))
        elif "=" in line:
            key, _, value = line.partition("=")
            head[key] = (at, value)
    return head, parts


def result_rows(text: str) -> Result:
    """原结果各节的各行."""
    found: Result = {"": []}
    rows = found[""]
    for line in text.split("\n"):
        if line[:1] == "[" and "\t" not in line:
            rows = found.setdefault(line[1:-1], [])
        elif line:
            rows.append(line.split("\t"))
    return found


def gaps(values: set[str]) -> set[str]:
    """编号里空缺的和紧接着的：一个代码只在被改的那一行用过，改后就只能这样找回."""
    series: dict[tuple[str, int, str], set[int]] = {}
    for value in values:
        found = re.fullmatch(r"(.*?)([0-9]{1,6})([^0-9]*)", value)
        if found:
            width = len(found[2]) if found[2][0] == "0" or len(found[2]) > 1 else 0
            key = (found[1], width if found[1][-1:].isascii() else 0, found[3])
            series.setdefault(key, set()).add(int(found[2]))
    out: set[str] = set()
    for (before, width, after), numbers in series.items():
        span = range(max(min(numbers) - 3, 0), max(numbers) + 4)
        if len(span) < len(numbers) + 400:
            out |= {f"{before}{n:0{width}d}{after}" for n in span}
    return out - values


def known_values(parts: Parts, result: Result) -> dict[str, list[str]]:
    """每一种栏可能写过什么：名单和结果里出现过的."""
    known: dict[str, set[str]] = {name: set(FIXED.get(name, ())) for name in LABELS}
    for part in parts.values():
        for row in part.rows:
            for column, value in zip(part.columns, row.cells):
                known[column].add(value)
    known["no"] |= {r[i] for name, i in RESULT_NUMBERS for r in result.get(name, []) if i < len(r)}
    for value in known["month"].copy():
        known["month"] |= {f"{value[:5]}{month:02d}" for month in range(1, 13)}
    known["org"] |= {one for value in known["orgs"] for one in value.split(",")} - {"-"}
    known["orgs"] |= known["org"]
    people = known["leader"] | known["member"] | known["person"]
    people |= {r[i] for name, i in RESULT_PEOPLE for r in result.get(name, []) if i < len(r)}
    known["handlers"] |= {one for value in known["handlers"] for one in value.split(",")} | {"-"}
    known["value"] |= known["no"] | known["org"] | known["handlers"]
    for column in ("leader", "member", "person"):
        known[column] = people
    known["group"] |= {row[0] for name in ("groups", "load") for row in result.get(name, [])}
    known["rank"] |= gaps(known["rank"])
    return {name: sorted(values) for name, values in known.items()}


def guesses(known: dict[str, list[str]]) -> dict[str, list[str]]:
    """各种代码里空缺的编号."""
    return {column: sorted(gaps(set(known[column]))) for column in CODES}


RESULT_NUMBERS = (("sample", 1), ("reserve", 1), ("assign", 2))
RESULT_PEOPLE = (("drawn", 2), ("alternates", 2), ("assign", 4), ("assign", 5))


def header_values(key: str, result: Result) -> list[str]:
    """一项表头可能写过什么."""
    names, even = ("type", "month", "org"), range(2, 62, 2)
    one = {c: [f"{c}:{n}" for n in even] for c in FIXED["category"]}
    both = [f"{x},{y}" for a, b in permutations(one) for x in one[a] for y in one[b]]
    numbers = [str(n) for n in range(1, 1001)]
    values = {
        "n": numbers,
        "size_by_rule": numbers,
        "size_rule": [f"pct{p}-{mode}-20-200" for p in range(1, 31) for mode in MODES],
        "size_base": ["all", "eligible"],
        "alloc": ["LR", "SYS"],
        "min1": ["0", "1"],
        "pair_distinct_org": ["0", "1"],
        "strata": ["+".join(some) for n in (1, 2, 3) for some in permutations(names, n)],
        "slots": one["criminal"] + one["civil"] + both,
        "draw": [row[0][5:] for row in result[""] if row[0].startswith("draw=")],
    }
    return [*values.get(key, []), "-"]


def contradictions(head: Head, parts: Parts, result: Result) -> Iterator[Clue]:
    """与原结果对不上的各行和原因，行号 -1 是名单里没有的；只是线索，不是证明."""
    said = {key: value for key, (_, value) in head.items()}
    if said.get("kind") == "sample" and "cases" in parts:
        return sample_clues(said, parts["cases"], result)
    if "pool" in parts:
        return pool_clues(said, parts["pool"], result)
    return match_clues(parts, result) if "groups" in parts else iter(())


def sample_clues(said: dict[str, str], part: Part, result: Result) -> Iterator[Clue]:
    """案件：原结果里有没有它，在哪一层."""
    drawn = [*result.get("sample", []), *result.get("reserve", [])]
    recorded = {row[1]: row[2] for row in drawn if len(row) == 4}
    names = [] if said.get("strata", "-") == "-" else said["strata"].split("+")
    for at, cells in part.rows:
        row = dict(zip(part.columns, cells))
        key = ",".join([row.get(name, "") for name in names]) or "all"
        was, now = recorded.pop(cells[0], ""), key if row.get("status") == "in" else ""
        if was != now:
            yield at, f"原结果中在“{was}”层" if was else "原结果中没有它"
    for number in sorted(recorded):
        yield -1, f"原结果中的“{number}”在名单里没有了"


def pool_clues(said: dict[str, str], part: Part, result: Result) -> Iterator[Clue]:
    """专家：原结果里抽在、候补在哪几类，谁是组长."""
    slots = [slot.split(":")[0] for slot in said.get("slots", "").split(",")]
    recorded: dict[str, list[str]] = {}
    for row in result.get("alternates", []):
        recorded.setdefault(row[2], []).append(row[0])
    recorded.update({row[2]: [f"抽中{row[0]}"] for row in result.get("drawn", [])})
    leaders = {row[2] for row in result.get("groups", [])}
    for at, cells in part.rows:
        person, _, special, lead, status = [*cells, *[""] * 5][:5]
        mine = [c for c in slots if c in special.split(",")] if status == "in" else []
        was = recorded.pop(person, [])
        drawn = "".join(was)[2:] if was and was[0].startswith("抽中") else ""
        if drawn not in mine if drawn else was != mine:
            yield at, f"原结果中{f'抽中在“{drawn}”类' if drawn else told(was)}"
        elif person in leaders and lead != "1":
            yield at, "原结果中是组长"
    for person in sorted(recorded):
        yield -1, f"原结果中的“{person}”在名单里没有了"


def told(categories: list[str]) -> str:
    """候补在哪几类."""
    return f"候补在“{'、'.join(categories)}”类" if categories else "没有这个人"


def match_clues(parts: Parts, result: Result) -> Iterator[Clue]:
    """匹配：每件案归了哪一类，各组是哪两人，由谁评."""
    assigned = {row[2]: row for row in result.get("assign", []) if len(row) == 7}
    pairs = {row[3]: row[4:6] for row in assigned.values() if row[6] == "-"}
    rows = {name: part.rows for name, part in parts.items()}
    yield from case_clues(rows.get("cases", []), assigned)
    listed = {cells[0] for _, cells in rows.get("experts", [])}
    for at, cells in rows.get("conflicts", []):
        if len(cells) == 4 and cells[0] in assigned.get(cells[2], [])[4:6]:
            yield at, f"原结果中“{cells[2]}”由他评估"
    for at, cells in rows["groups"]:
        lost = [person for person in cells[2:] if person not in listed]
        if cells[0] in pairs and cells[2:] != pairs[cells[0]]:
            yield at, f"原结果中这一组是“{'、'.join(pairs[cells[0]])}”"
        elif lost:
            yield at, f"“{lost[0]}”在[experts]一节里没有了"


def case_clues(rows: list[Row], assigned: dict[str, list[str]]) -> Iterator[Clue]:
    """匹配的案件：原结果有没有它，归哪一类；assigned 是按案号的原结果."""
    recorded = dict(assigned)
    for at, cells in rows:
        row = recorded.pop(cells[0], [])
        if bool(row) != (cells[-1] == "S"):
            yield at, "原结果中分配了这一件" if row else "原结果中没有这一件"
        elif row and (row[0] == "criminal") != (cells[1] == "criminal"):
            yield at, f"原结果中归“{row[0]}”类"
    for number in sorted(recorded):
        yield -1, f"原结果中的“{number}”在名单里没有了"


def encoded(text: str) -> bytes:
    """写坏的字符也照样算."""
    return text.encode("utf-8", "surrogatepass")


def shown(line: str) -> str:
    """一行写进句子."""
    return line.replace("\t", " ")[:120]


def moved(at: int, now: str, was: str) -> str:
    """一行不在它的位置上."""
    return f"名单第{at + 1}行“{shown(now)}”被调换了次序，封存时是“{shown(was)}”"


def changed(at: int, now: str, was: str, columns: list[str]) -> str:
    """一行现为什么，封存时为什么；只有一栏不同就只说那一栏."""
    cells, before = now.split("\t"), was.split("\t")
    places = [i for i, (one, other) in enumerate(zip(cells, before)) if one != other]
    if len(cells) != len(before) or len(places) != 1 or len(cells) > len(columns):
        key, equals, value = now.partition("=")
        if equals and not columns and was.partition("=")[0] == key:
            return f"名单第{at + 1}行“{key}”现为“{value}”，封存时为“{was.partition('=')[2]}”"
        return f"名单第{at + 1}行现为“{shown(now)}”，封存时为“{shown(was)}”"
    (place,) = places
    whole = columns[0] == "category" or "scope" in columns
    of = f"“{shown(now) if whole else cells[0]}”" if place or whole else ""
    label = LABELS[columns[place]]
    return f"名单第{at + 1}行{of}的{label}现为“{cells[place]}”，封存时为“{before[place]}”"


def digest(text: str, name: str) -> str:
    """名单的指纹."""
    return hashlib.new("sm3" if name == "SM3" else "sha256", encoded(text)).hexdigest()
