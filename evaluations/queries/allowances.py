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


@dataclass(frozen=True)
class SealedSheet:
    """A sealed sheet with what decides whether it is paid."""

    pk: int
    expert: int
    counts: bool
    paid: bool


def sealed_sheets(plan: Plan, *, expert: Expert | None = None) -> list[SealedSheet]:
    """Every sealed sheet of the year, first evaluation and 复评, withdrawn ones too."""
    policy = policy_of(plan)
    sheets = ScoreSheet.objects.filter(drawn_case__draw__plan=plan, sealed_at__isnull=False)
    if expert is not None:
        sheets = sheets.filter(expert=expert)
    paid = set(AllowanceSheet.objects.filter(payment__plan=plan).values_list("sheet_id", flat=True))
    return [
        SealedSheet(
            pk,
            by,
            policy.counts(review=in_round == SheetRound.REVIEW, withdrawn=gone is not None),
            pk in paid,
        )
        for pk, by, in_round, gone in sheets.order_by("pk").values_list(
            "pk", "expert_id", "round", "withdrawn_at"
        )
    ]


def unpaid_sheets(plan: Plan, expert: Expert) -> list[int]:
    """The sheets of one expert that count and are not paid for; none in a public post."""
    if not expert.society:
        return []
    sheets = sealed_sheets(plan, expert=expert)
    return [sheet.pk for sheet in sheets if sheet.counts and not sheet.paid]


def allowance_sheet(plan: Plan) -> Allowances:
    """One line per expert who held a sheet of the year, first evaluation and 复评 together.

    Only sealed sheets count. Before the end of the evaluation the counts say nothing about
    scores, so that the page may show them at any time.
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
