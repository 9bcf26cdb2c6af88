"""What a person types as 专家 and 回避对象 → the row of the register that is meant."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from cases.models import Case
from cases.rules.numbers import case_key, skeleton
from evaluations.models import Plan
from experts.models import Expert
from wanzhou_eval.models import Firm, FirmAlias, Person
from wanzhou_eval.texts import clean_name, organisation_key, squeeze

NAMED = re.compile(r"(?P<name>[^（(]+)[（(](?P<firm>[^）)]+)[）)]")
UNKNOWN = (
    "没有找到“{text}”。机构写台账里的全称；承办人写姓名，同名的写“姓名（机构）”；"
    "案件写案号或卷宗号。"
)


@dataclass(frozen=True)
class Target:
    """What a relation reaches; `problem` says in Chinese why nothing was found."""

    firm: Firm | None = None
    person: Person | None = None
    case_key: str = ""
    problem: str = ""

    @property
    def found(self) -> dict[str, Any]:
        """The target as the declaration stores it."""
        return {"firm": self.firm, "person": self.person, "case_key": self.case_key}


@dataclass
class Directory:
    """The registers, read once for many lines: firms with aliases, persons, experts, cases."""

    firms: dict[str, Firm] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    experts: dict[int, Expert] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)

    def expert(self, text: str) -> tuple[Expert | None, str]:
        """An expert of the pool by name, `姓名（机构）` or code, or what is wrong."""
        of_pool = [p for p in self._named(text) if p.pk in self.experts]
        if not of_pool:
            return None, f"专家库里没有“{text}”。请写专家库里的姓名。"
        if len(of_pool) > 1:
            return None, f"专家库里有{len(of_pool)}位“{text}”。请写成“姓名（机构）”。"
        return self.experts[of_pool[0].pk], ""

    def target(self, text: str) -> Target:
        """A case (案号 or 卷宗号), a firm, or a person."""
        plain = squeeze(text)
        case = self.cases.get(case_word(plain))
        if case:
            return Target(case_key=case.key)
        firm = self.firms.get(organisation_key(text))
        if firm:
            return Target(firm=firm)
        people = self._named(text)
        if len(people) > 1:
            names = "、".join(f"{person.name}（{person.firm.name}）" for person in people[:4])
            return Target(problem=f"有{len(people)}位“{text}”，请写成其中一位：{names}。")
        return Target(person=people[0]) if people else Target(problem=UNKNOWN.format(text=text))

    def _named(self, text: str) -> list[Person]:
        found = NAMED.fullmatch(text.strip())
        if found is None:
            return self.people.get(clean_name(text), [])
        firm = self.firms.get(organisation_key(found["firm"]))
        people = self.people.get(clean_name(found["name"]), [])
        return [person for person in people if firm and person.firm_id == firm.pk]


def case_word(text: str) -> str:
    """How a case is looked up: the file number without zeros, or the skeleton of 案号."""
    return text.lstrip("0") if text.isascii() and text.isdigit() else skeleton(text)


def directory(plan: Plan, texts: Iterable[str]) -> Directory:
    """The registers, with those cases of the frame that `texts` may name. Five queries."""
    firms = {firm.key: firm for firm in Firm.objects.all()}
    firms |= {alias.key: alias.firm for alias in FirmAlias.objects.select_related("firm")}
    people: dict[str, list[Person]] = defaultdict(list)
    for person in Person.objects.select_related("firm").order_by("code"):
        people[clean_name(person.name)].append(person)
        people[person.code].append(person)
    experts = {one.person_id: one for one in Expert.objects.select_related("person__firm")}
    return Directory(firms, people, experts, cases_named(plan, texts))


def cases_named(plan: Plan, texts: Iterable[str]) -> dict[str, Case]:
    """Cases of the frame by the word that names them."""
    words = {squeeze(text) for text in texts}
    serials = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 9]
    keys = {case_key(word) for word in words}
    skeletons = {skeleton(word) for word in words}
    rows = Case.objects.filter(frame=plan.frame_id).filter(
        Q(serial__in=serials) | Q(number__in=keys) | Q(skeleton__in=skeletons)
    )
    found: dict[str, Case] = {}
    for case in rows.order_by("serial"):
        found[skeleton(case.number)] = case
        found[str(case.serial)] = case
    return found
