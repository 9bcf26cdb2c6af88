"""试评: which files may serve, who has sealed, and the comparison once the trial has ended.

Blindness as for real sheets: until the trial is over nobody reads another's values; staff read
未评, 草稿 or 已交 and nothing else. Enforced here, where rows are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from cases.models import Case, CaseHandler
from evaluations.models import Plan, Trial, TrialFile, TrialSheet
from evaluations.queries.before import seated_experts
from evaluations.queries.loose_sheets import LooseSheet, loose_head, loose_page
from evaluations.queries.relations import barred_from, known_ties
from evaluations.queries.score_rows import QueueCell, ScorePage
from evaluations.queries.standards import load_scope
from evaluations.rules.grading import crossed_floors, shown
from evaluations.rules.levels import given_text
from evaluations.rules.relations import CaseFacts
from evaluations.rules.stages import Stage
from evaluations.rules.standards import Item, Mark, MarkState, plain
from experts.models import Expert
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User

NO_TRIAL_SHEET = "没有分给你的这份试评表。请回“我的任务”选择。"
MOST_OFFERED = 60


@dataclass(frozen=True)
class TrialCandidate:
    """A case that can never be drawn this year; `barred` are the experts who must stay away."""

    case: Case
    number: str
    why: str
    barred: tuple[str, ...]


def candidates(plan: Plan) -> list[TrialCandidate]:
    """Cases left out of the sample by ministry or city, and cases of earlier years.

    A file on trial is talked over by everybody, so it must not come in later, not even as a
    reserve. A fixed number of queries.
    """
    excluded = Case.objects.filter(frame=plan.frame_id, exclusion__isnull=False)
    earlier = Case.objects.filter(frame__year__lt=plan.year).order_by("-frame__year", "serial")
    rows = [
        *excluded.select_related("frame", "firm").order_by("serial")[:MOST_OFFERED],
        *earlier.select_related("frame", "firm")[:MOST_OFFERED],
    ]
    ties = known_ties(plan, experts=[expert.pk for expert in seated_experts(plan)])
    facts = _facts(rows)
    return [
        TrialCandidate(
            case=row,
            number=row.number,
            why="部、市已抽评" if row.frame_id == plan.frame_id else f"{row.frame.year}年度案件",
            barred=tuple(expert.person.name for expert in barred_from(ties, facts[row.pk])),
        )
        for row in rows
    ]


def _facts(cases: Sequence[Case]) -> dict[int, CaseFacts]:
    people: dict[int, set[str]] = {}
    handlers = CaseHandler.objects.filter(case__in=[case.pk for case in cases]).order_by()
    for pk, code in handlers.values_list("case_id", "person__code"):
        people.setdefault(pk, set()).add(code)
    return {
        case.pk: CaseFacts(
            case.number, case.firm.code, frozenset(people.get(case.pk, ())), case.closed_on
        )
        for case in cases
    }


def trial_of(plan: Plan) -> Trial | None:
    """The trial of a year with its standard; None when there was none."""
    return Trial.objects.filter(plan=plan).select_related("standard", "opened_by", "plan").first()


def standing_sheets(trial: Trial) -> list[TrialSheet]:
    """Sheets of experts who hold a seat now; who left owes none. In file and seat order."""
    seated = {expert.pk: place for place, expert in enumerate(seated_experts(trial.plan))}
    rows = TrialSheet.objects.filter(file__trial=trial).select_related(
        "file__case", "expert__person__firm"
    )
    standing = [row for row in rows if row.expert_id in seated or row.sealed_at]
    return sorted(
        standing, key=lambda row: (row.file.ordinal, seated.get(row.expert_id, 99), row.pk)
    )


def own_trial_sheets(user: User) -> list[TrialSheet]:
    """The reader's own sheets of trials before their start, in file order."""
    if user.role != Role.EXPERT or not user.person_id:
        return []
    rows = TrialSheet.objects.filter(
        expert__person=user.person_id,
        file__trial__plan__stage__in=(Stage.EMPANELLED, Stage.MATCHED),
    )
    return list(
        rows.select_related(
            "file__case", "file__trial__plan", "file__trial__standard", "expert__person"
        ).order_by("-file__trial__plan__year", "file__ordinal")
    )


def own_trial_sheet(user: User, *, year: int, ordinal: int) -> TrialSheet:
    """The reader's own sheet; any other is as if it were not there (404)."""
    for sheet in own_trial_sheets(user):
        if (sheet.file.trial.plan.year, sheet.file.ordinal) == (year, ordinal):
            return sheet
    raise RefusedError(NO_TRIAL_SHEET, status=404)


def loose_trial_sheet(sheet: TrialSheet) -> LooseSheet:
    """A trial sheet as the common pages read it; its author or an ended trial only."""
    standard, items = load_scope(sheet.file.trial.standard, sheet.file.scope)
    return LooseSheet(standard, items, sheet.marks, sheet.overall)


def trial_page(sheet: TrialSheet) -> ScorePage:
    """The page of the own trial sheet."""
    case, trial = sheet.file.case, sheet.file.trial
    lock = "试评已经结束，试评表只能查看。" if trial.closed_at and not sheet.sealed_at else ""
    head = loose_head(
        id=sheet.pk, serial=f"试{sheet.file.ordinal}", year=trial.plan.year, number=case.number,
        kind=case.get_kind_display(), cause=case.cause or case.get_kind_display(),
        stage_label=case.stage, closed_on=case.closed_on, standard_label=sheet.file.scope,
        comment=sheet.comment, overall=sheet.overall, sealed=sheet.sealed_at is not None,
        sealed_at=sheet.sealed_at, saved_at=sheet.saved_at, position=sheet.file.ordinal,
        expert=str(sheet.expert),
    )  # fmt: skip
    return loose_page(loose_trial_sheet(sheet), head, lock_text=lock)


def trial_url(sheet: TrialSheet, page: str = "sheet") -> str:
    """The address of a page of a trial sheet."""
    return reverse(f"trial_{page}", args=[sheet.file.trial.plan.year, sheet.file.ordinal])


def trial_queue(user: User, sheet: TrialSheet) -> list[QueueCell]:
    """The reader's own trial files."""
    return [
        QueueCell(
            position=each.file.ordinal,
            serial=f"试{each.file.ordinal}",
            url=trial_url(each),
            state="current" if each.pk == sheet.pk else state_of(each),
            progress=state_of(each),
        )
        for each in own_trial_sheets(user)
        if each.file.trial_id == sheet.file.trial_id
    ]


def state_of(sheet: TrialSheet) -> str:
    """sealed, draft or empty: all that anybody learns before the end."""
    return "sealed" if sheet.sealed_at else "draft" if sheet.saved_at else "empty"


STATE_WORDS = {"sealed": "已交", "draft": "草稿", "empty": "未评"}


@dataclass(frozen=True)
class ItemSpread:
    """One item as everybody scored it; `spread` is the distance of the farthest two."""

    number: str
    title: str
    full_marks: Decimal
    cells: list[str]
    spread: Decimal
    split: bool
    notes: list[tuple[str, str]]


@dataclass(frozen=True)
class FileComparison:
    """One file compared: totals and grades by expert, and the items, the farthest apart first."""

    file: TrialFile
    names: list[str]
    totals: list[str]
    grades: list[str]
    low: Decimal
    high: Decimal
    crosses: tuple[str, ...]
    items: list[ItemSpread]
    agreed: int
    by_level: bool = False


@dataclass(frozen=True)
class TrialOverview:
    """The page 试评. `files` is empty until the trial has ended: blindness is here."""

    trial: Trial | None
    progress: list[tuple[str, list[str]]]
    sealed: int
    expected: int
    files: list[FileComparison]
    unsealed: list[str]


def trial_overview(plan: Plan) -> TrialOverview:
    """Progress by expert, and after the end the comparison. A fixed number of queries."""
    trial = trial_of(plan)
    if trial is None:
        return TrialOverview(None, [], 0, 0, [], [])
    sheets = standing_sheets(trial)
    by_expert: dict[Expert, list[TrialSheet]] = {}
    for sheet in sheets:
        by_expert.setdefault(sheet.expert, []).append(sheet)
    files: dict[int, list[TrialSheet]] = {}
    for sheet in sheets:
        if sheet.sealed_at and trial.closed_at:
            sheet.file.trial = trial
            files.setdefault(sheet.file_id, []).append(sheet)
    return TrialOverview(
        trial=trial,
        progress=[
            (expert.person.name, [STATE_WORDS[state_of(each)] for each in rows])
            for expert, rows in by_expert.items()
        ],
        sealed=sum(1 for sheet in sheets if sheet.sealed_at),
        expected=len(sheets),
        files=[_compared(rows) for rows in files.values()],
        unsealed=sorted({sheet.expert.person.name for sheet in sheets if not sheet.sealed_at}),
    )


def _compared(sheets: list[TrialSheet]) -> FileComparison:
    standard, _ = load_scope(sheets[0].file.trial.standard, sheets[0].file.scope)
    marks = [{mark.item: mark for mark in loose_trial_sheet(sheet).marks} for sheet in sheets]
    names = [sheet.expert.person.name for sheet in sheets]
    totals = [sheet.total for sheet in sheets if sheet.total is not None]
    items = [
        _spread(item, [given.get(item.number, Mark(item=item.number)) for given in marks], names)
        for item in standard.items
    ]
    low, high = min(totals), max(totals)
    return FileComparison(
        file=sheets[0].file,
        names=names,
        totals=[plain(shown(total)) for total in totals],
        grades=[sheet.grade for sheet in sheets],
        low=shown(low),
        high=shown(high),
        crosses=tuple(plain(floor) for floor in crossed_floors(low, high, standard.bands)),
        items=sorted(items, key=lambda each: (not each.split, -each.spread)),
        agreed=sum(1 for each in items if not each.split and not each.spread),
        by_level=standard.by_level,
    )


def _spread(item: Item, marks: list[Mark], names: list[str]) -> ItemSpread:
    given = [Decimal(mark.level) if mark.level else mark.deduction for mark in marks]
    lost = [value for value in given if value is not None]
    return ItemSpread(
        number=item.number,
        title=item.title,
        full_marks=item.full_marks,
        cells=[_cell(mark) for mark in marks],
        spread=max(lost) - min(lost) if lost else Decimal(0),
        split=len({mark.state for mark in marks}) > 1,
        notes=[(name, _why(mark)) for name, mark in zip(names, marks, strict=True) if _why(mark)],
    )


def _cell(mark: Mark) -> str:
    if mark.state is not MarkState.SCORED:
        return mark.state.label
    return given_text(mark)


def _why(mark: Mark) -> str:
    pages = f"第 {mark.pages} 页 " if mark.pages else ""
    return f"{pages}{mark.note}".strip()
