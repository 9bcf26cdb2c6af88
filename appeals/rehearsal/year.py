"""The 2022 rehearsal, step by step: every step is what a person would press."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from appeals.rehearsal import after, marking
from appeals.rehearsal.people import accounts, link_experts, link_handler
from cases.actions import confirm_import, declare_total, upload_file
from cases.models import CaseHandler
from evaluations.actions import draws
from evaluations.actions.plan import create_plan, decide_size, issue_plan, set_rehearsal_clock
from evaluations.actions.standard_edit import convert_standard
from evaluations.actions.standards import adopt_standard, import_standard
from evaluations.models import Draw, DrawnCase, Method, Plan
from evaluations.rules.sizes import SizeDecision
from evaluations.rules.stages import Stage
from experts.actions import import_pool
from wanzhou_eval.models import User

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
DATA = FIXTURES / "2022"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Rehearsal:
    """What the steps share: the plan, the accounts, the dice."""

    plan: Plan
    people: dict[str, User]
    dice: random.Random
    say: Callable[[str], None] = print
    experts: dict[int, User] = field(default_factory=dict)

    def at(self, month: int, day: int, hour: int = 9, minute: int = 0) -> None:
        """Set the rehearsal clock; the steps of a year run on its own dates."""
        moment = datetime(self.plan.year, month, day, hour, minute, tzinfo=SHANGHAI)
        self.plan = set_rehearsal_clock(self.plan, moment=moment, by=self.people["bureau"])

    def rolled(self, count: int = 24) -> str:
        """Digits of ten-sided dice; a rehearsal rolls them by its own seed."""
        return "".join(str(self.dice.randrange(10)) for _ in range(count))

    def hold(self, draw: Draw) -> Draw:
        """One ceremony: sheet A, digits typed by two people, one computation, signatures."""
        bureau, clerk = self.people["bureau"], self.people["clerk"]
        draws.sign_sheet_a(draw, by=bureau)
        digits = self.rolled()
        draws.enter_seed(
            draw,
            digits=digits,
            source="d10",
            witnesses="演练见证人甲 12位；演练见证人乙 12位",
            by=bureau,
        )
        held = draws.hold_draw(draw, digits=digits, by=clerk)
        draws.announce(held, upto=10_000, by=bureau)
        return draws.sign_draw(held, by=bureau)


def plan_values() -> dict[str, Any]:
    """The parameters of 万州司发〔2022〕11号 from the fixture."""
    data = json.loads((FIXTURES / "plan-2022.json").read_text(encoding="utf-8"))
    values: dict[str, Any] = dict(data["plan"])
    for name in ("issued_on", "marking_from", "marking_to"):
        values[name] = date.fromisoformat(values[name])
    values["window_from"] = date.fromisoformat(data["window"]["from"])
    values["window_to"] = date.fromisoformat(data["window"]["to"])
    return values


def draft(*, seed: int, say: Callable[[str], None]) -> Rehearsal:
    """拟定方案, the pool and the standard."""
    people = accounts()
    values = plan_values()
    began = datetime(2022, 8, 10, 9, 0, tzinfo=SHANGHAI)
    plan = create_plan(values=values, by=people["bureau"], rehearsal_at=began)
    import_pool((DATA / "专家库.xlsx").read_bytes(), file_name="专家库.xlsx", by=people["bureau"])
    standard = import_standard(
        (DATA / "2022年评分标准.xlsx").read_bytes(),
        name="2022年评分标准（工作草稿）",
        basis=values["basis"],
        by=people["bureau"],
    )
    plan = adopt_standard(plan, standard=standard, by=people["bureau"])
    return Rehearsal(plan, people, random.Random(seed), say)  # noqa: S311  # rehearsal dice


def offer_levels(year: Rehearsal, *, adopt: bool) -> None:
    """A standard of levels with the same items, for the library; the year's own where asked for."""
    bureau = year.people["bureau"]
    assert year.plan.standard is not None
    levels = convert_standard(year.plan.standard, by=bureau)
    if adopt:
        year.plan = adopt_standard(year.plan, standard=levels, by=bureau)


def issue(year: Rehearsal) -> None:
    """导入台账与清单、核对件数、决定76件、印发."""
    bureau, clerk = year.people["bureau"], year.people["clerk"]
    year.at(8, 14)
    frame = year.plan.frame
    for content, name in (
        ("ledger", "2022年1-7月办结案件台账.xlsx"),
        ("exclusions", "部市已抽评案件清单.xlsx"),
    ):
        data = (DATA / name).read_bytes()
        batch = upload_file(frame, content=content, data=data, file_name=name, by=clerk)
        confirm_import(batch, by=clerk)
    declare_total(frame, total=761, by=bureau)
    values = plan_values()
    decide_size(
        year.plan,
        decision=SizeDecision(
            size=values["decided_size"],
            reason=values["decided_reason"],
            clause=values["decided_clause"],
            signer=values["decided_signer"] or "演练局长",
            document=values["document"],
        ),
        by=bureau,
    )
    issue_plan(year.plan, document=values["document"], issued_on=values["issued_on"], by=bureau)


def seal(year: Rehearsal) -> None:
    """封存名单."""
    year.at(8, 16)
    draws.seal_frame(year.plan, by=year.people["bureau"])


def draw_sample(year: Rehearsal) -> None:
    """抽选案件."""
    year.at(8, 17, 10)
    year.hold(year.plan.draws.live().get(kind="sample"))
    drawn = (
        DrawnCase.objects.of(year.plan).order_by("case__serial").values_list("case_id", flat=True)
    )
    handler = CaseHandler.objects.select_related("person__firm").filter(case_id=drawn[0])[0]
    link_handler(handler.person)


def draw_panels(year: Rehearsal) -> None:
    """抽选专家并组成小组."""
    year.at(8, 18, 10)
    year.hold(draws.freeze_experts(year.plan, by=year.people["bureau"]))
    year.experts = link_experts(year.plan)


def match(year: Rehearsal) -> None:
    """匹配案件."""
    year.at(8, 19, 10)
    year.hold(draws.freeze_match(year.plan, by=year.people["bureau"]))


STEPS: tuple[tuple[Stage, Callable[[Rehearsal], None]], ...] = (
    (Stage.ISSUED, issue),
    (Stage.SEALED, seal),
    (Stage.DRAWN, draw_sample),
    (Stage.EMPANELLED, draw_panels),
    (Stage.MATCHED, match),
    (Stage.MARKING, marking.half_way),
    (Stage.MARKED, marking.finish),
    (Stage.PUBLISHED, after.publish),
    (Stage.CLOSED, after.close),
)


def fill(to: Stage, *, seed: int, say: Callable[[str], None], method: str = Method.POINTS) -> Plan:
    """Run the year up to a stage; the steps in between are the pages' own actions.

    A standard of levels with the same items stands in the library too; `method` says by which of
    the two the year scores.
    """
    say("拟定方案，导入专家库和评分标准")
    year = draft(seed=seed, say=say)
    offer_levels(year, adopt=method == Method.LEVELS)
    if to is not Stage.DRAFT:
        for stage, step in STEPS:
            say(f"进入“{stage.label}”")
            step(year)
            year.plan.refresh_from_db()
            if stage is to:
                break
    return year.plan
