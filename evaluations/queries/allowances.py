"""评估补贴: counted from sealed sheets, never typed (article 8)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluations.models import AllowancePayment, AllowanceSheet, Plan, ScoreSheet, SheetRound
from evaluations.permissions.results import may_confirm_allowance
from evaluations.rules.allowance import AllowanceLine, Allowances, Policy, Work, allowances
from experts.models import Expert
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


def policy_of(plan: Plan) -> Policy:
    """Which sealed sheets the plan pays for."""
    return Policy(review=plan.review_paid, withdrawn=plan.withdrawn_paid)


@dataclass
class SealedSheet:
    """A sheet that was sealed, all its editions together, with what decides whether it is paid."""

    pk: int
    expert: int
    review: bool
    sealed: bool = False
    withdrawn: bool = False
    counts: bool = False
    paid: bool = False


def sealed_sheets(plan: Plan, *, expert: Expert | None = None) -> list[SealedSheet]:
    """Every sealed sheet of the year, first evaluation and 复评, withdrawn ones too.

    A sheet that was taken back and sealed anew is one: it is named by its first edition, and the
    last one says whether it was withdrawn.
    """
    policy = policy_of(plan)
    sheets = ScoreSheet.objects.filter(drawn_case__draw__plan=plan)
    if expert is not None:
        sheets = sheets.filter(expert=expert)
    rows = sheets.order_by("edition", "pk").values_list(
        "pk", "origin_id", "expert_id", "round", "sealed", "withdrawn_at"
    )
    found: dict[int, SealedSheet] = {}
    for pk, origin, by, in_round, sealed, gone in rows:
        first = origin or pk
        sheet = found.setdefault(first, SealedSheet(first, by, in_round == SheetRound.REVIEW))
        sheet.sealed = sheet.sealed or sealed
        sheet.withdrawn = gone is not None
    paid = set(AllowanceSheet.objects.filter(payment__plan=plan).values_list("sheet_id", flat=True))
    for sheet in found.values():
        sheet.counts = policy.counts(review=sheet.review, withdrawn=sheet.withdrawn)
        sheet.paid = sheet.pk in paid
    return [sheet for sheet in found.values() if sheet.sealed]


def unpaid_sheets(plan: Plan, expert: Expert) -> list[int]:
    """The sheets of one expert that count and are not paid for; none in a public post."""
    if not expert.society:
        return []
    sheets = sealed_sheets(plan, expert=expert)
    return [sheet.pk for sheet in sheets if sheet.counts and not sheet.paid]


def allowance_sheet(plan: Plan) -> Allowances:
    """One line per expert who held a sheet of the year, first evaluation and 复评 together.

    Only sealed sheets count, one taken back and sealed anew once. Before the end of the evaluation
    the counts say nothing about scores, so that the page may show them at any time.
    """
    sheets = sealed_sheets(plan)
    held = ScoreSheet.objects.filter(drawn_case__draw__plan=plan).values("expert")
    experts = Expert.objects.filter(pk__in=held).select_related("person__firm")
    listed = experts.order_by("-society", "person__code")
    return allowances(_work(listed, sheets), rate=plan.fee, policy=policy_of(plan))


def _work(experts: Iterable[Expert], sheets: Sequence[SealedSheet]) -> Iterable[Work]:
    counted = Counter(sheet.expert for sheet in sheets if sheet.counts)
    uncounted = Counter(sheet.expert for sheet in sheets if not sheet.counts)
    paid = Counter(sheet.expert for sheet in sheets if sheet.paid)
    for expert in experts:
        firm = expert.person.firm
        yield Work(
            expert=expert.person.code,
            name=expert.person.name,
            unit=firm.name if firm else "",
            society=expert.society,
            sheets=counted[expert.pk],
            uncounted=uncounted[expert.pk],
            paid=paid[expert.pk],
        )


@dataclass(frozen=True)
class AllowancePage:
    """发放表 with what was paid, by whom, on which evidence, and what waits for a second person."""

    plan: Plan
    sheet: Allowances
    waiting: list[AllowancePayment]
    done: list[AllowancePayment]

    @property
    def to_pay(self) -> list[AllowanceLine]:
        """Lines that can be entered as paid now."""
        open_codes = {payment.expert.person.code for payment in self.waiting}
        return [line for line in self.sheet.lines if line.unpaid and line.expert not in open_codes]


def allowance_page(plan: Plan) -> AllowancePage:
    """The page. A fixed number of queries."""
    payments = plan.payments.select_related(
        "expert__person", "entered_by", "confirmed_by", "returned_by"
    )
    listed = list(payments)
    return AllowancePage(
        plan=plan,
        sheet=allowance_sheet(plan),
        waiting=[p for p in listed if p.confirmed_at is None and p.returned_at is None],
        done=[p for p in listed if p.confirmed_at or p.returned_at],
    )


def decidable(waiting: Iterable[AllowancePayment], user: User) -> list[AllowancePayment]:
    """The entries that this reader may confirm or return."""
    return [payment for payment in waiting if may_confirm_allowance(user, payment)]


def payment_of(plan: Plan, pk: int) -> AllowancePayment:
    """An entry of the year. Raises `RefusedError` (404) when there is none."""
    found = plan.payments.select_related("expert__person", "plan").filter(pk=pk).first()
    if found is None:
        raise RefusedError("没有找到这笔发放登记。请从“评估补贴”页办理。", status=404)
    return found
