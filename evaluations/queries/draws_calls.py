"""宣读: what is read out, item by item, in the order of the result."""

from dataclasses import dataclass

from cases.models import CaseKind
from evaluations.models import Draw, DrawKind, Panel
from evaluations.queries.draws_text import sections_of
from wanzhou_eval.models import Person


@dataclass(frozen=True)
class Call:
    """One item: the word in the middle of the screen and what it is."""

    text: str
    kind: str


LISTED = {
    DrawKind.SAMPLE: "sample",
    DrawKind.EXPERTS: "drawn",
    DrawKind.REVIEW: "drawn",
    DrawKind.MATCH: "assign",
}
CATEGORY_LABELS = {"criminal": "刑事", "civil": "民事行政"}


def call_count(draw: Draw) -> int:
    """How many items there are to read out; 0 before the draw is held."""
    return len(sections_of(draw.result_text).get(LISTED[DrawKind(draw.kind)], []))


def calls(draw: Draw) -> list[Call]:
    """Everything to read out: file numbers, experts' names, or file number and panel."""
    rows = sections_of(draw.result_text).get(LISTED[DrawKind(draw.kind)], [])
    if draw.kind == DrawKind.SAMPLE:
        facts = case_facts(draw, [row[1] for row in rows])
        return [Call(*facts[row[1]]) for row in rows]
    if draw.kind == DrawKind.MATCH:
        facts = case_facts(draw, [row[2] for row in rows])
        names = {code: panel_name(code) for code in {row[3] for row in rows}}
        return [Call(facts[row[2]][0], names[row[3]]) for row in rows]
    people = person_names({row[2] for row in rows})
    return [Call(people[row[2]], CATEGORY_LABELS[row[0]]) for row in rows]


def case_facts(draw: Draw, numbers: list[str]) -> dict[str, tuple[str, str]]:
    """File number and type of cases, by case number."""
    found = draw.plan.frame.cases.filter(number__in=numbers).order_by()
    kinds = dict(CaseKind.choices)
    return {
        number: (f"{serial:04d}", str(kinds[kind]))
        for number, serial, kind in found.values_list("number", "serial", "kind")
    }


def person_names(codes: set[str]) -> dict[str, str]:
    """Names by code."""
    return dict(Person.objects.filter(code__in=codes).values_list("code", "name"))


def panel_name(code: str) -> str:
    """The name of a panel from the code that draws use: `civil-2` is 民事行政案件组第二组."""
    category, _, ordinal = code.partition("-")
    return str(Panel(category=category, ordinal=int(ordinal)))
