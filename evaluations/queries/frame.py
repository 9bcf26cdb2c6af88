"""抽样框核对: what the draw will see, line by line, and the sealed list beside the frame."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models.functions import Collate

from cases.models import Case, CaseQuerySet, Frame
from cases.queries import FrameCheck, frame_check
from evaluations.models import Draw, DrawKind, Plan
from evaluations.queries.draws_frozen import frame_freeze
from evaluations.queries.draws_lists import live_draw, sample_row
from evaluations.queries.draws_prepare import DRY_RUN
from evaluations.rules.errors import RuleError
from wanzhou_eval.errors import RefusedError

PAGE_SIZE = 50
COLUMNS = ("number", "kind", "closed_on", "firm__code", "exclusion__code")


@dataclass(frozen=True)
class FramePage:
    """抽样框核对 page; `draw` is the sealed list that stands, if any."""

    plan: Plan
    check: FrameCheck
    draw: Draw | None
    lines: list[tuple[str, ...]]
    page: Page[Any]


def frame_page(plan: Plan, page: str | None) -> FramePage:
    """The frame counted, and one page of the lines of the draw in their order."""
    rows = ordered_cases(plan.frame).values_list(*COLUMNS)
    found: Page[Any] = Paginator(rows, PAGE_SIZE).get_page(page)
    return FramePage(
        plan=plan,
        check=frame_check(plan.frame),
        draw=live_draw(plan, DrawKind.SAMPLE),
        lines=[sample_row(row) for row in found],
        page=found,
    )


def ordered_cases(frame: Frame) -> CaseQuerySet:
    """The cases in the order of the sealed list: by the bytes of the number."""
    return Case.objects.in_frame(frame).order_by(Collate("number", "C"))


def list_text(plan: Plan) -> tuple[str, str]:
    """The sealed list to the byte, or what would be sealed now; and what the file is called.

    Raises `RefusedError` (422) with the sentence of the rule when no list can be made yet.
    """
    draw = live_draw(plan, DrawKind.SAMPLE)
    if draw:
        return draw.freeze_text, f"{draw.code}名单.txt"
    try:
        return frame_freeze(plan, head=DRY_RUN).text, f"{plan.year}年度名单预览.txt"
    except RuleError as error:
        raise RefusedError(str(error), status=422) from None
