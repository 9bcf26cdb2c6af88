"""封存名单, kind `match`: drawn cases, groups, alternates and every conflict, before the seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from evaluations.rules.canonical import (
    NONE,
    Head,
    Section,
    bad_line,
    check_reference,
    head_headers,
    put_together,
    read_head,
    take_apart,
    text_hash,
)
from evaluations.rules.characters import CODE, ITEM
from evaluations.rules.freeze_experts import Category
from evaluations.rules.freeze_sample import CaseType, check_numbers

KEYS = ("kind", "draw", "hash", "prev", "commit", "sample", "experts")
SECTIONS = ("alternates", "cases", "conflicts", "experts", "groups")
RANK = re.compile(r"[0-9]{2}[1-9]|[0-9][1-9]0|[1-9]00")
WIDTHS = {"alternates": 3, "cases": 5, "conflicts": 4, "experts": 2, "groups": 4}
SCOPES = ("case", "org", "handler")


class AlternateRow(NamedTuple):
    """A pre-drawn alternate; `rank` is three digits."""

    category: str
    rank: str
    person: str


class MatchCase(NamedTuple):
    """A drawn case (`S`) or a reserve (`R`); comma lists of codes, `-` for none."""

    case_no: str
    type: str
    orgs: str
    handlers: str
    role: str

    @property
    def category(self) -> Category:
        """Civil groups take civil and administrative cases."""
        return Category.CRIMINAL if self.type == CaseType.CRIMINAL else Category.CIVIL


class Conflict(NamedTuple):
    """A declared recusal of a person: of a case, an organisation or a handler."""

    person: str
    scope: str
    value: str
    reason: str


class ExpertOrg(NamedTuple):
    """An expert of a group or an alternate, and the firm."""

    person: str
    org: str


class GroupRow(NamedTuple):
    """A group as it stands when recusals are frozen."""

    group: str
    category: str
    leader: str
    member: str


@dataclass(frozen=True)
class MatchFreeze:
    """A checked freeze file of kind `match`; `sample` and `experts` are result hashes."""

    text: str
    head: Head
    sample: str
    experts: str
    alternates: tuple[AlternateRow, ...]
    cases: tuple[MatchCase, ...]
    conflicts: tuple[Conflict, ...]
    people: tuple[ExpertOrg, ...]
    groups: tuple[GroupRow, ...]

    @property
    def kind(self) -> str:
        """`match`."""
        return "match"

    @cached_property
    def freeze_hash(self) -> str:
        """The fingerprint that is printed on sheet A."""
        return text_hash(self.head, self.text)


def build_match(
    head: Head,
    *,
    cases: Iterable[MatchCase],
    groups: Iterable[GroupRow],
    people: Iterable[ExpertOrg],
    alternates: Iterable[AlternateRow] = (),
    conflicts: Iterable[Conflict] = (),
    sample: str = NONE,
    experts: str = NONE,
) -> MatchFreeze:
    """Write and check the freeze file of a matching. Raises `RuleError` naming the line."""
    rows: dict[str, Iterable[Sequence[str]]] = {
        "alternates": alternates,
        "cases": cases,
        "conflicts": conflicts,
        "experts": people,
        "groups": groups,
    }
    lines = {name: sorted({"\t".join(row) for row in values}) for name, values in rows.items()}
    headers = head_headers("match", head) | {"sample": sample, "experts": experts}
    return parse_match(put_together(headers, lines))


def parse_match(text: str) -> MatchFreeze:
    """Read a freeze file of kind `match`. Raises `RuleError` naming the line."""
    document = take_apart(text, keys=KEYS, names=SECTIONS)
    head = read_head(document)
    for key in ("sample", "experts"):
        check_reference(document, key)
    sections = document.sections
    people = read_rows(sections["experts"], ExpertOrg._make, check=check_person)
    frozen = MatchFreeze(
        text=text,
        head=head,
        sample=document.headers["sample"],
        experts=document.headers["experts"],
        alternates=read_rows(sections["alternates"], AlternateRow._make, check=check_alternate),
        cases=read_rows(sections["cases"], MatchCase._make, check=check_case),
        conflicts=read_rows(sections["conflicts"], Conflict._make, check=check_conflict),
        people=people,
        groups=read_rows(sections["groups"], GroupRow._make, check=check_group),
    )
    check_people(frozen, sections)
    check_cases(frozen, sections)
    return frozen


Row = TypeVar("Row", bound=tuple[str, ...])


def read_rows(
    section: Section, make: Callable[[Iterable[str]], Row], *, check: Callable[[Row], str]
) -> tuple[Row, ...]:
    """Return typed rows; `check` says in Chinese what is wrong with a row, or nothing."""
    rows = []
    for number, cells in section.cells(WIDTHS[section.name]):
        row = make(cells)
        wrong = check(row)
        if wrong:
            raise bad_line(number, wrong)
        rows.append(row)
    return tuple(rows)


def check_person(row: ExpertOrg) -> str:
    """Check codes of an expert and the firm."""
    return "" if all(map(CODE.fullmatch, row)) else "专家代码或机构代码不合规定"


def check_alternate(row: AlternateRow) -> str:
    """Check category, rank and code of an alternate."""
    if row.category not in set(Category):
        return f"类别“{row.category}”只能是criminal或civil"
    return "" if RANK.fullmatch(row.rank) else "候补次序应为三位数字，从001起"


def check_case(row: MatchCase) -> str:
    """Check the cells of a case; the case number is checked with the whole column."""
    if row.type not in set(CaseType):
        return f"案件类型“{row.type}”不合规定"
    if row.role not in ("S", "R"):
        return "末栏应为S（抽中）或R（候补）"
    for codes in (row.orgs, row.handlers):
        parts = codes.split(",")
        if not all(map(CODE.fullmatch, parts)) or len(set(parts)) != len(parts):
            return f"机构或承办人“{codes}”应为代码，用半角逗号分隔，不重复"
    return ""


def check_conflict(row: Conflict) -> str:
    """Check a declared recusal."""
    if row.scope not in SCOPES:
        return f"回避范围“{row.scope}”只能是case、org或handler"
    if not (ITEM if row.scope == "case" else CODE).fullmatch(row.value):
        return f"回避对象“{row.value}”不合规定"
    return "" if ITEM.fullmatch(row.reason) else f"回避原因“{row.reason}”不合规定"


def check_group(row: GroupRow) -> str:
    """Check a group."""
    if row.category not in set(Category) or not CODE.fullmatch(row.group):
        return "小组代码或类别不合规定"
    return "组长与组员是同一人" if row.leader == row.member else ""


def check_people(frozen: MatchFreeze, sections: dict[str, Section]) -> None:
    """Check that everybody named has one row under experts and one seat."""
    known = {row.person for row in frozen.people}
    seen: set[str] = set()
    for number, row in enumerate(frozen.people, sections["experts"].first_line):
        if row.person in seen:
            raise bad_line(number, f"专家“{row.person}”列了两个机构")
        seen.add(row.person)
    named: list[tuple[str, int, tuple[str, ...]]] = [
        *(("conflicts", i, (row.person,)) for i, row in enumerate(frozen.conflicts)),
        *(("alternates", i, (row.person,)) for i, row in enumerate(frozen.alternates)),
        *(("groups", i, (row.leader, row.member)) for i, row in enumerate(frozen.groups)),
    ]
    for name, index, people in named:
        for person in people:
            if person not in known:
                number = sections[name].first_line + index
                raise bad_line(number, f"“{person}”不在[experts]一节里")
    check_seats(frozen, sections)


def check_seats(frozen: MatchFreeze, sections: dict[str, Section]) -> None:
    """Check that a group, a seat and the rank of an alternate is given once."""
    seats: set[str] = set()
    for number, group in enumerate(frozen.groups, sections["groups"].first_line):
        taken = {group.group, group.leader, group.member} & seats
        if taken:
            raise bad_line(number, f"“{min(taken)}”已在另一小组里")
        seats |= {group.group, group.leader, group.member}
    ranks: set[tuple[str, str]] = set()
    for number, row in enumerate(frozen.alternates, sections["alternates"].first_line):
        keys = {(row.category, row.rank), (row.category, row.person)}
        if row.person in seats or keys & ranks:
            raise bad_line(number, f"候补“{row.person}”已是小组成员，或次序、人员重复")
        ranks |= keys


def check_cases(frozen: MatchFreeze, sections: dict[str, Section]) -> None:
    """Check that there is a case to match and that no two look alike."""
    section = sections["cases"]
    if not any(case.role == "S" for case in frozen.cases):
        raise bad_line(section.first_line, "没有抽中的案件可以匹配")
    check_numbers([case.case_no for case in frozen.cases], first_line=section.first_line)
