"""A small year for tests of the draws: invented cases, firms and experts, and two operators."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from cases.models import Case, CaseHandler, Exclusion, Frame, ImportBatch
from evaluations.actions import draws
from evaluations.models import (
    Assignment,
    Draw,
    DrawEvent,
    DrawnCase,
    Panel,
    PanelMember,
    Plan,
    ReplacementRequest,
    ScoreSheet,
)
from experts.models import Expert
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Firm, Person, Role, User

SEEDS = {
    "sample": "407188326901552749360001",
    "experts": "271828182845904523536028",
    "match": "314159265358979323846264",
    "review": "141421356237309504880168",
}
KINDS = ("criminal", "civil", "civil", "civil", "admin")


@dataclass
class Year:
    """The plan with the people who hold its draws."""

    plan: Plan
    people: dict[str, User]
    firms: list[Firm] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return self.people[name]


def account(role: Role, name: str, **fields: Any) -> User:
    return User.objects.create(username=name, name=f"甲{name}", role=role, password="!", **fields)


def open_year(
    *, cases: int = 60, year: int = 2031, stage: str = "issued", excluded: int = 2, **plan: Any
) -> Year:
    """A plan with imported cases, 8 criminal and 14 civil experts, each with an own firm."""
    people = {
        "bureau": account(Role.BUREAU, "bureau"),
        "bureau2": account(Role.BUREAU, "bureau2"),
        "clerk": account(Role.CLERK, "clerk"),
        "leader": account(Role.LEADER, "leader"),
        "auditor": account(Role.AUDITOR, "auditor"),
    }
    made = open_plan(year, cases=cases, stage=stage, **plan)
    firms = Firm.objects.bulk_create(
        Firm(code=f"F{n:03d}", name=f"第{n}律师事务所", key=f"第{n}律师事务所") for n in range(40)
    )
    add_cases(made.frame, firms, count=cases, excluded=excluded, by=people["clerk"])
    add_experts(firms)
    return Year(made, people, firms)


def open_plan(year: int, *, cases: int, stage: str = "issued", **plan: Any) -> Plan:
    """A plan of a year whose frame is to hold so many cases."""
    frame = Frame.objects.create(
        year=year,
        window_from=date(year, 1, 1),
        window_to=date(year, 7, 31),
        rehearsal=True,
        declared_total=cases,
    )
    values: dict[str, Any] = {
        "title": f"万州区{year}年度法律援助案件质量评估工作实施方案",
        "marking_from": date(year, 8, 22),
        "marking_to": date(year, 8, 26),
        "place": "区公共法律服务中心",
    } | plan
    return Plan.objects.create(year=year, frame=frame, rehearsal=True, stage=stage, **values)


def next_year(year: Year) -> Year:
    """The year after, with the same people and firms."""
    made = open_plan(year.plan.year + 1, cases=60)
    add_cases(made.frame, year.firms, count=60, excluded=0, by=year.clerk)
    return Year(made, year.people, year.firms)


def add_cases(
    frame: Frame, firms: list[Firm], *, count: int, excluded: int, by: User, first: int = 1
) -> None:
    batch = ImportBatch.objects.create(
        frame=frame, content="ledger", file_name="台账.xlsx", sha256="0" * 64, data=b"",
        uploaded_by=by,
    )  # fmt: skip
    handlers = [
        Person.objects.get_or_create(code=f"H{n:03d}", name=f"承办{n}", firm=firms[n])[0]
        for n in range(10)
    ]
    cases = Case.objects.bulk_create(
        Case(
            frame=frame,
            batch=batch,
            serial=n,
            number=f"渝万援〔{frame.year}〕{n}号",
            number_original=f"渝万援({frame.year}){n}号",
            key=f"渝万援〔{frame.year}〕{n}号",
            skeleton=f"S{n}",
            kind=KINDS[n % len(KINDS)],
            stage="一审",
            firm=firms[n % 10],
            closed_on=date(frame.year, 1 + n % 7, 15),
            row=n,
        )
        for n in range(first, first + count)
    )
    CaseHandler.objects.bulk_create(
        CaseHandler(case=case, person=handlers[case.serial % 10]) for case in cases
    )
    for case in cases[:excluded]:
        Exclusion.objects.create(
            frame=frame, case=case, number_original=case.number, key=case.key,
            code="city", reason="已被市级抽评", document="渝司援〔2031〕3号",
        )  # fmt: skip


def add_experts(firms: list[Firm]) -> None:
    for n in range(22):
        person = Person.objects.create(code=f"E{n:03d}", name=f"专家{n}", firm=firms[n + 10])
        Expert.objects.create(
            person=person, criminal=n < 8, civil=n >= 8, may_lead=n % 2 == 0,
            is_local=n not in {7, 21},
        )  # fmt: skip


def ceremony(year: Year, draw: Draw, *, seed: str, finish: bool = True) -> Draw:
    """Sign sheet A, type twice, and unless told otherwise read out and lock."""
    draws.sign_sheet_a(draw, by=year.bureau)
    draws.enter_seed(draw, digits=seed, source="d10", witnesses="纪检 甲；律师 乙", by=year.bureau)
    draw = draws.hold_draw(draw, digits=seed, by=year.clerk)
    if finish:
        draws.announce(draw, upto=10**6, by=year.bureau)
        draw = draws.sign_draw(draw, by=year.bureau)
    return draw


def draw_sample(year: Year, *, seed: str = SEEDS["sample"]) -> Draw:
    return ceremony(year, draws.seal_frame(year.plan, by=year.bureau), seed=seed)


def draw_experts(year: Year, *, seed: str = SEEDS["experts"]) -> Draw:
    return ceremony(year, draws.freeze_experts(year.plan, by=year.bureau), seed=seed)


def draw_match(year: Year, *, seed: str = SEEDS["match"]) -> Draw:
    return ceremony(year, draws.freeze_match(year.plan, by=year.bureau), seed=seed)


def matched_year(**values: Any) -> Year:
    year = open_year(**values)
    draw_sample(year)
    draw_experts(year)
    draw_match(year)
    return year


def refused(call: Any, *args: Any, **kwargs: Any) -> RefusedError:
    """The refusal, with the proof that nothing was saved and nothing logged."""
    before = snapshot()
    with pytest.raises(RefusedError) as caught:
        call(*args, **kwargs)
    assert snapshot() == before
    return caught.value


def snapshot() -> list[Any]:
    """Everything a draw may touch."""
    return [
        list(Draw.objects.values()),
        list(Plan.objects.values("stage")),
        list(Frame.objects.values("sealed_at")),
        list(DrawnCase.objects.values()),
        Panel.objects.count(),
        list(PanelMember.objects.values()),
        list(ReplacementRequest.objects.values()),
        list(ScoreSheet.objects.values("pk", "withdrawn_at")),
        DrawEvent.objects.count(),
        Assignment.objects.count(),
        AuditEvent.objects.count(),
    ]
