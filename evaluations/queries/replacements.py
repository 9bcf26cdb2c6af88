"""换件换人: what waits for a second person, what was exchanged, what was returned."""

from dataclasses import dataclass

from cases.models import Case
from evaluations.models import DrawEvent, Plan, ReplacementRequest
from evaluations.permissions.replacements import (
    may_confirm_replacement,
    may_request_replacement,
    may_take_back,
)
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Person, User


@dataclass(frozen=True)
class RequestRow:
    """One entry with names for its codes, and what this reader may do with it."""

    request: ReplacementRequest
    what: str
    item: str
    reason: str
    replacement: str
    may_confirm: bool
    may_take_back: bool


@dataclass(frozen=True)
class ReplacementPage:
    """换件换人 of a year: waiting entries first."""

    waiting: list[RequestRow]
    decided: list[RequestRow]
    may_request: bool


def waiting_requests(plan: Plan) -> int:
    """How many entries wait for their second person."""
    return ReplacementRequest.objects.filter(
        draw__plan=plan, draw__voided_at__isnull=True, outcome=""
    ).count()


def waiting_sentence(plan: Plan) -> str:
    """What must be decided before a list that depends on it is sealed; empty when nothing is."""
    count = waiting_requests(plan)
    if not count:
        return ""
    return f"有{count}项换件、换人等第二人确认。请先在“换件换人”页确认、退回或撤回。"


def replacement_page(plan: Plan, *, for_user: User) -> ReplacementPage:
    """Every entry of the year, for one reader. A fixed number of queries."""
    found = ReplacementRequest.objects.filter(draw__plan=plan).defer(
        "draw__freeze_text", "draw__result_text"
    )
    rows = list(found.select_related("draw", "by", "decided_by", "event").order_by("-pk"))
    names = item_names(plan, rows)
    made = [_row(row, names, for_user=for_user) for row in rows]
    return ReplacementPage(
        waiting=[row for row in made if is_waiting(row.request)],
        decided=[row for row in made if not is_waiting(row.request)],
        may_request=may_request_replacement(for_user),
    )


def is_waiting(request: ReplacementRequest) -> bool:
    """Undecided, and the draw still stands."""
    return not request.outcome and request.draw.voided_at is None


def item_names(plan: Plan, rows: list[ReplacementRequest]) -> dict[str, str]:
    """Experts by name, cases by file number: for every item and replacement of the entries."""
    codes = {row.item for row in rows} | {row.event.replacement for row in rows if row.event}
    cases = Case.objects.filter(frame=plan.frame_id, number__in=codes).order_by()
    names = {
        number: f"卷宗{serial:04d}" for number, serial in cases.values_list("number", "serial")
    }
    return names | dict(Person.objects.filter(code__in=codes).values_list("code", "name"))


def reason_words(told: ReplacementRequest | DrawEvent) -> str:
    """The reason with the kind before it, unless the reason says it already (退出的情形)."""
    if told.kind == DrawEvent.Kind.WITHDRAWN:
        return told.reason
    return f"{told.get_kind_display()}：{told.reason}"


def name_of(event: DrawEvent) -> str:
    """Who or what took the place, as people call it."""
    code, plan = event.replacement, event.draw.plan
    if event.kind == DrawEvent.Kind.WITHDRAWN:
        return Person.objects.values_list("name", flat=True).get(code=code)
    return f"卷宗{Case.objects.get(frame=plan.frame_id, number=code).label}"


def _row(request: ReplacementRequest, names: dict[str, str], *, for_user: User) -> RequestRow:
    person = request.kind == DrawEvent.Kind.WITHDRAWN
    waiting = is_waiting(request)
    event = request.event
    return RequestRow(
        request=request,
        what="换人" if person else "换件",
        item=names.get(request.item, request.item),
        reason=reason_words(request),
        replacement=names.get(event.replacement, event.replacement) if event else "",
        may_confirm=waiting and may_confirm_replacement(for_user, request),
        may_take_back=waiting and may_take_back(for_user, request),
    )


def request_of(year: int, pk: int) -> ReplacementRequest:
    """An entry of the year. Raises `RefusedError` (404)."""
    found = (
        ReplacementRequest.objects.select_related("draw__plan", "by")
        .filter(pk=pk, draw__plan__year=year)
        .first()
    )
    if found is None:
        raise RefusedError("没有找到这一项登记。请从“换件换人”页选择。", status=404)
    return found
