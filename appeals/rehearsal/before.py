"""Before the first sheet of the rehearsal: training, undertakings, one file on trial."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from appeals.rehearsal.people import account_of
from evaluations.actions.before import hold_training, sign_undertaking
from evaluations.actions.trial import open_trial, save_trial_rows, seal_trial
from evaluations.models import TrialSheet
from evaluations.queries.before import seated_experts
from evaluations.queries.trial import candidates, loose_trial_sheet

if TYPE_CHECKING:
    from appeals.rehearsal.year import Rehearsal

NOTES = """会见次数以卷内笔录为准，一份笔录算一次。
每日扣分的情形按工作日计，节假日不算。
页码写卷内右上角的页码；没有编页的，写目录第几份。"""


def prepare(year: Rehearsal) -> None:
    """专项培训 on the afternoon of the matching; who was trained signs, and scores one file."""
    year.at(8, 19, 14)
    experts = seated_experts(year.plan)
    bureau = year.people["bureau"]
    hold_training(
        year.plan, held_on=year.plan.today, place="区公共法律服务中心", trainer="公共法律服务科",
        notes=NOTES, experts=experts, by=year.people["clerk"],
    )  # fmt: skip
    for expert in experts:
        year.experts[expert.pk] = account_of(expert)
        sign_undertaking(year.plan, by=year.experts[expert.pk])
    free = [one.number for one in candidates(year.plan) if not one.barred]
    if free:
        open_trial(year.plan, numbers=free[:1], reason="开评前统一口径。", by=bureau)
        score_on_trial(year)


def score_on_trial(year: Rehearsal) -> None:
    """Everybody scores the file; dice of its own, so that the year's scores stay as they are."""
    dice = random.Random(19)  # noqa: S311  # rehearsal dice
    year.at(8, 19, 17)
    rows = TrialSheet.objects.filter(file__trial__plan=year.plan).select_related(
        "file__trial__standard"
    )
    for sheet in rows:
        by = year.experts[sheet.expert_id]
        items = [item for item in loose_trial_sheet(sheet).items if not item.veto]
        given = [_row(item, dice) for item in items]
        save_trial_rows(sheet, rows=given, by=by)
        if items[0].by_level:
            low = [each for each in given if each["level"] == 1]
            seal_trial(sheet, overall=3 if len(low) > 6 else 4, comment="按试评口径评。", by=by)
        else:
            seal_trial(sheet, by=by)


def _row(item: Any, dice: random.Random) -> dict[str, Any]:
    reasons = [reason for reason in item.reasons.all() if not reason.other]
    row: dict[str, Any] = {
        "item": item, "state": "", "deduction": Decimal(0), "reasons": (), "pages": "",
        "note": "", "version": 0,
    }  # fmt: skip
    faulty = reasons and dice.random() < 0.25
    if faulty:
        reason = dice.choice(reasons)
        page = str(dice.randrange(3, 60))
        row |= {"deduction": reason.low, "reasons": (reason.ordinal,), "pages": page}
    return row | {"deduction": None, "level": 1 if faulty else 3} if item.by_level else row
