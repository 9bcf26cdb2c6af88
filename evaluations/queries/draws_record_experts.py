"""抽选记录 of experts: panels, the queue of each category in ticket order, what had to give way."""

from dataclasses import dataclass

from evaluations.models import Draw
from evaluations.queries.draws_calls import CATEGORY_LABELS, panel_name, person_names
from evaluations.queries.draws_text import Sections, sections_of
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_experts import parse_experts
from evaluations.rules.leader_price import prices
from wanzhou_eval.models import Firm


@dataclass(frozen=True)
class QueueRow:
    """One person of a category in ticket order and what became of the ticket."""

    order: int
    name: str
    firm: str
    may_lead: bool
    ticket: str
    outcome: str
    drawn: bool


@dataclass(frozen=True)
class Queue:
    """The tickets of one category, smallest first."""

    label: str
    seats: int
    rows: list[QueueRow]


def expert_names(draw: Draw) -> dict[str, str]:
    """Names of everybody who had a ticket, by code. One query."""
    result = sections_of(draw.result_text)
    return person_names({row[2] for row in result["drawn"] + result["alternates"]})


def queues(draw: Draw) -> list[Queue]:
    """Both categories with tickets: drawn, passed over, alternates in their order."""
    result = sections_of(draw.result_text)
    if not result:
        return []
    names, seats = expert_names(draw), seats_of(result, review=bool(draw.target))
    pool = {row[0]: row for row in sections_of(draw.freeze_text)["pool"]}
    firms = dict(
        Firm.objects.filter(code__in={row[1] for row in pool.values()}).values_list("code", "name")
    )
    passed = {(row[1], row[2]) for row in result["flags"] if row[0] == "skipped"}
    found = []
    for category, label in CATEGORY_LABELS.items():
        tickets = [row for row in result["drawn"] + result["alternates"] if row[0] == category]
        drawn = {row[2] for row in result["drawn"] if row[0] == category}
        rows = [
            QueueRow(
                order, names[person], firms.get(pool[person][1], ""), pool[person][3] == "1",
                ticket, outcome_of(seats.get(person, ""), rank, (category, person) in passed),
                person in drawn,
            )
            for order, (_, rank, person, ticket) in enumerate(sorted(tickets, key=ticket_of), 1)
        ]  # fmt: skip
        if rows:
            found.append(Queue(label, len(drawn), rows))
    return found


def ticket_of(row: list[str]) -> str:
    """The ticket by which people stand in line."""
    return row[3]


def seats_of(result: Sections, *, review: bool) -> dict[str, str]:
    """Panel and role of everybody drawn."""
    return {
        person: f"{'复评组' if review else panel_name(row[0])}{role}"
        for row in result["groups"]
        for person, role in ((row[2], "组长"), (row[3], "组员"))
    }


def outcome_of(seat: str, rank: str, passed: bool) -> str:  # noqa: FBT001  # a column of the row
    """What became of a ticket, in words."""
    if seat:
        return seat
    order = f"候补第{int(rank)}"
    return f"{order}（轮到时席位须留给组长人选，跳过）" if passed else order


def flag_sentences(draw: Draw) -> list[str]:
    """What had to give way, each in a sentence with its reason and effect."""
    result = sections_of(draw.result_text)
    if not result:
        return []
    names = expert_names(draw)
    said = []
    for kind, category, subject in result["flags"]:
        label = CATEGORY_LABELS[category]
        if kind == "skipped":
            said.append(
                f"{names[subject]}按签序轮到时，{label}余下的席位须留给可任组长的人，"
                "依规则跳过，按原签序列入候补。"
            )
        else:
            group = "复评组" if draw.target else panel_name(subject)
            said.append(
                f"{group}：抽中的人配不成两个不同机构，两人同机构；该机构承办的案件由系统回避。"
            )
    return said


def price_sentences(draw: Draw) -> list[str]:
    """What the leader quota cost, from the sealed list."""
    try:
        return prices(parse_experts(draw.freeze_text))
    except RuleError:  # a list that does not read is named by the re-computation above
        return []
