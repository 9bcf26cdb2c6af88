"""封存名单, kind `sample`: the frame of cases with the size and strata decided before the seed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from evaluations.rules.canonical import (
    NONE,
    Document,
    Head,
    Section,
    bad_line,
    head_headers,
    put_together,
    read_head,
    take_apart,
    text_hash,
)
from evaluations.rules.characters import (
    CODE,
    INTEGER,
    ITEM,
    ITEMS,
    MONTH,
    shapes,
    skeleton,
    surely_distinct,
)
from evaluations.rules.sizes import LITERAL_RULE, SizeBase, SizeRule, parse_size_rule, size_by_rule

KEYS = (
    *("kind", "draw", "hash", "prev", "commit", "size_rule", "size_base", "size_by_rule"),
    *("n", "override", "strata", "alloc", "min1"),
)
STATUS = re.compile(r"in|ex:[0-9A-Za-z._-]{1,40}")
OVERRIDE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,198}\S)?")


class CaseType(StrEnum):
    """案件类型."""

    CRIMINAL = "criminal"
    CIVIL = "civil"
    ADMIN = "admin"


class Variable(StrEnum):
    """What the frame may be divided by; joined with `+` in the header."""

    TYPE = "type"
    MONTH = "month"
    ORG = "org"


class Allocation(StrEnum):
    """Largest remainder, or random systematic rounding (2.4)."""

    LR = "LR"
    SYS = "SYS"


class FrameCase(NamedTuple):
    """One row of the frame; `status` is `in` or `ex:code` with the reason of exclusion."""

    case_no: str
    type: str
    month: str
    org: str
    status: str


@dataclass(frozen=True, slots=True)
class SampleTerms:
    """What is decided before the seed; `override` is the reason of n ≠ rule, else `-`."""

    n: int
    override: str = NONE
    size_rule: SizeRule = LITERAL_RULE
    size_base: SizeBase = SizeBase.ALL
    strata: tuple[Variable, ...] = ()
    alloc: Allocation = Allocation.LR
    min1: bool = False


@dataclass(frozen=True)
class SampleFreeze:
    """A checked freeze file of kind `sample`."""

    text: str
    head: Head
    terms: SampleTerms
    by_rule: int
    numbers: Sequence[str]
    tails: Sequence[str]

    @property
    def kind(self) -> str:
        """`sample`."""
        return "sample"

    @cached_property
    def freeze_hash(self) -> str:
        """The fingerprint that is printed on sheet A."""
        return text_hash(self.head, self.text)

    @property
    def cases(self) -> Iterator[FrameCase]:
        """All rows, excluded ones too."""
        for number, tail in zip(self.numbers, self.tails, strict=True):
            yield FrameCase(number, *tail.split("\t"))

    @cached_property
    def eligible(self) -> tuple[Sequence[str], list[str]]:
        """Case numbers that may be drawn and, beside them, the keys of their strata."""
        known = {tail: stratum_key(self.terms.strata, tail) for tail in set(self.tails)}
        keys = [known[tail] for tail in self.tails]
        if "" not in known.values():
            return self.numbers, keys
        return [*compress(self.numbers, keys)], [*filter(None, keys)]


def stratum_key(strata: Sequence[Variable], tail: str) -> str:
    """Return the stratum of a row: values joined with `,`, or `all`; nothing if excluded."""
    row = FrameCase("", *tail.split("\t"))
    if row.status != "in":
        return ""
    values = {Variable.TYPE: row.type, Variable.MONTH: row.month, Variable.ORG: row.org}
    return ",".join(values[variable] for variable in strata) or "all"


def build_sample(head: Head, *, terms: SampleTerms, cases: Iterable[Sequence[str]]) -> SampleFreeze:
    """Write and check the freeze file of a frame. Raises `RuleError` naming the line."""
    rows = ["\t".join(case) for case in cases]
    statuses = [row.rpartition("\t")[2] for row in rows]
    eligible = statuses.count("in")
    total = len(rows) if terms.size_base is SizeBase.ALL else eligible
    by_rule = size_by_rule(total, eligible=eligible, rule=terms.size_rule)
    headers = head_headers("sample", head) | {
        "size_rule": str(terms.size_rule),
        "size_base": terms.size_base.value,
        "size_by_rule": str(by_rule),
        "n": str(terms.n),
        "override": terms.override,
        "strata": "+".join(terms.strata) or NONE,
        "alloc": terms.alloc.value,
        "min1": str(int(terms.min1)),
    }
    return parse_sample(put_together(headers, {"cases": rows}))


def parse_sample(text: str, *, sealed: bool = False) -> SampleFreeze:
    """Read a freeze file of kind `sample`. Raises `RuleError` naming the line.

    `sealed` rows are not judged again: they were when the list was sealed, and its fingerprint
    still agrees.
    """
    document = take_apart(text, keys=KEYS, names=("cases",), sealed=sealed)
    head = read_head(document)
    section = document.sections["cases"]
    numbers, tails = split_rows(section.lines)
    counts = Counter(tails)
    if not sealed:
        check_tails(section, tails, set(counts))
        check_numbers(numbers, first_line=section.first_line)
    eligible = sum(count for tail, count in counts.items() if tail.endswith("\tin"))
    terms, by_rule = read_terms(document, total=len(tails), eligible=eligible)
    return SampleFreeze(text, head, terms, by_rule, numbers, tails)


def check_tails(section: Section, tails: Sequence[str], distinct: set[str]) -> None:
    """Check the rows beside their case numbers, each distinct one once."""
    if not tails:
        raise bad_line(section.first_line, "名单里没有案件")
    if any(tail.count("\t") != 3 for tail in distinct):
        list(section.cells(5))
    wrong = {tail: found for tail in distinct if (found := check_tail(tail))}
    if wrong:
        index = next(i for i, tail in enumerate(tails) if tail in wrong)
        raise bad_line(section.first_line + index, wrong[tails[index]])


def split_rows(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the first cell of every row and the rest of it; equal rests are one object."""
    numbers, tails = [], []
    known: dict[str, str] = {}
    for line in lines:
        number, _, tail = line.partition("\t")
        numbers.append(number)
        tails.append(known.setdefault(tail, tail))
    return numbers, tails


def check_tail(tail: str) -> str:
    """Say what is wrong with a row beside its case number, or nothing."""
    row = FrameCase("", *tail.split("\t"))
    checks = {
        "案件类型": (row.type, row.type in set(CaseType)),
        "月份": (row.month, MONTH.fullmatch(row.month)),
        "机构代码": (row.org, CODE.fullmatch(row.org)),
        "状态": (row.status, STATUS.fullmatch(row.status)),
    }
    bad = [f"{name}“{value}”不合规定" for name, (value, good) in checks.items() if not good]
    return bad[0] if bad else ""


def check_numbers(numbers: Sequence[str], *, first_line: int) -> None:
    """Check the characters of case numbers and that no two look alike."""
    joined = "\n".join(numbers)
    if not ITEMS.fullmatch(joined + "\n"):
        line = next(i for i, number in enumerate(numbers) if not ITEM.fullmatch(number))
        raise bad_line(first_line + line, f"案号“{numbers[line]}”含有不允许的字符或过长")
    if surely_distinct(joined, shapes(joined)) and len(set(numbers)) == len(numbers):
        return
    seen: dict[str, int] = {}
    for line, bones in enumerate(map(skeleton, numbers)):
        if bones in seen:
            other = seen[bones]
            raise bad_line(
                first_line + line,
                f"案号“{numbers[line]}”与第{first_line + other}行“{numbers[other]}”"
                "看起来相同，须由人认定是否同一案件",
            )
        seen[bones] = line


def read_terms(document: Document, *, total: int, eligible: int) -> tuple[SampleTerms, int]:
    """Return the decided terms and the size by rule, and check one against the other."""
    headers, line_of = document.headers, document.line_of
    rule = parse_size_rule(headers["size_rule"])
    if rule is None:
        raise bad_line(line_of("size_rule"), "取整规则不认识")
    for key, values in (("size_base", SizeBase), ("alloc", Allocation), ("min1", ("0", "1"))):
        if headers[key] not in set(values):
            raise bad_line(line_of(key), f"“{key}”的值“{headers[key]}”不认识")
    for key in ("size_by_rule", "n"):
        if not INTEGER.fullmatch(headers[key]):
            raise bad_line(line_of(key), f"“{key}”应为整数")
    terms = SampleTerms(
        n=int(headers["n"]),
        override=headers["override"],
        size_rule=rule,
        size_base=SizeBase(headers["size_base"]),
        strata=read_strata(document),
        alloc=Allocation(headers["alloc"]),
        min1=headers["min1"] == "1",
    )
    return terms, check_size(document, terms, total=total, eligible=eligible)


def read_strata(document: Document) -> tuple[Variable, ...]:
    """Return the variables of the strata; each once."""
    if document.headers["strata"] == NONE:
        return ()
    parts = document.headers["strata"].split("+")
    if not set(parts) <= set(Variable) or len(set(parts)) != len(parts):
        raise bad_line(
            document.line_of("strata"), "分层只能由type、month、org组成，各一次，用“+”连"
        )
    return tuple(map(Variable, parts))


def check_size(document: Document, terms: SampleTerms, *, total: int, eligible: int) -> int:
    """Check n against the rule and the reason against both; return the size by rule."""
    line_of = document.line_of
    base = total if terms.size_base is SizeBase.ALL else eligible
    by_rule = size_by_rule(base, eligible=eligible, rule=terms.size_rule)
    if document.headers["size_by_rule"] != str(by_rule):
        raise bad_line(line_of("size_by_rule"), f"按规则应为{by_rule}件")
    if not 1 <= terms.n <= eligible:
        raise bad_line(line_of("n"), f"抽样件数{terms.n}应在1和可抽案件{eligible}件之间")
    if terms.n != by_rule and terms.override == NONE:
        raise bad_line(line_of("override"), f"抽{terms.n}件与规则的{by_rule}件不同，却没有写理由")
    if terms.n == by_rule and terms.override != NONE:
        raise bad_line(line_of("override"), "件数与规则相同，不应另写理由")
    if not OVERRIDE.fullmatch(terms.override):
        raise bad_line(line_of("override"), "理由最多200字，首尾不留空格")
    if terms.min1 and terms.alloc is Allocation.SYS:
        raise bad_line(line_of("min1"), "每层至少一件只能与最大余数法同用")
    return by_rule
