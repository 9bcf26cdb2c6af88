"""卷宗交接: where every file of the year is, who may take it, and in what order it stands."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from cases.models import Case
from evaluations.models import DrawnCase, FileMovement, Plan, ScoreSheet
from evaluations.queries.assignments import live_assignments
from evaluations.rules.custody import PLACE_WORDS, Move, Place, Standing, shelf_key, why_not
from experts.models import Expert
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

RECENT = 12


@dataclass(frozen=True)
class FileRow:
    """One file: what it is, whose panel evaluates it, where it is now.

    `drawn`: the case is still evaluated; a replaced one only waits to be brought back.
    """

    case: Case
    panel: str
    standing: Standing
    drawn: bool

    @property
    def label(self) -> str:
        """卷宗号, four digits."""
        return self.case.label


@dataclass(frozen=True)
class CustodyFilter:
    """What was asked for above the list; unknown values are ignored."""

    place: str = ""
    panel: str = ""

    @classmethod
    def asked(cls, query: dict[str, str]) -> "CustodyFilter":
        """Read the allowed names only."""
        place = query.get("place", "")
        return cls(place if place in set(Place) else "", query.get("panel", "")[:40])

    def chosen(self) -> list[str]:
        """The filters in words."""
        words = [f"现在：{PLACE_WORDS[Place(self.place)]}"] if self.place else []
        return [*words, f"小组：{self.panel}"] if self.panel else words


@dataclass(frozen=True)
class Custody:
    """卷宗交接 of a year: all files in the order of the shelf, and the last hand-overs."""

    rows: list[FileRow]
    shown: list[FileRow]
    recent: list[FileMovement]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(place, its words, how many files) in the order of a file's way."""
        found = Counter(row.standing.place for row in self.rows)
        return [(place.value, PLACE_WORDS[place], found[place]) for place in Place]

    @property
    def panels(self) -> list[str]:
        """The panels that have files."""
        return sorted({row.panel for row in self.rows if row.panel})

    @property
    def holders(self) -> list[tuple[str, list[str]]]:
        """Who holds which files now: experts by name, with the numbers."""
        held: dict[str, list[str]] = {}
        for row in self.rows:
            if row.standing.holder:
                held.setdefault(row.standing.holder, []).append(row.label)
        return sorted((name, sorted(labels)) for name, labels in held.items())


def last_movements(plan: Plan) -> QuerySet[FileMovement]:
    """The last hand-over of every file that ever moved in the year."""
    moved = FileMovement.objects.filter(case__frame=plan.frame_id)
    moved = moved.select_related("holder__person", "by", "case__firm")
    return moved.order_by("case_id", "-ordinal").distinct("case_id")


def drawn_cases(plan: Plan) -> QuerySet[Case]:
    """The cases that are evaluated, once their draw is signed: before that the list is secret."""
    drawn = DrawnCase.objects.of(plan).filter(draw__signed_at__isnull=False)
    return Case.objects.filter(pk__in=list(drawn.values_list("case_id", flat=True)))


def custody(plan: Plan, asked: CustodyFilter | None = None) -> Custody:
    """Every file of the year that is evaluated or out. Six queries, whatever the number."""
    asked = asked or CustodyFilter()
    last = {movement.case_id: movement for movement in last_movements(plan)}
    drawn = {case.pk: case for case in drawn_cases(plan).select_related("firm")}
    away = {pk: m.case for pk, m in last.items() if m.place != Place.ARCHIVE and pk not in drawn}
    panels = panel_names(plan)
    rows = [
        FileRow(case, panels.get(pk, ""), standing_of(last.get(pk)), pk in drawn)
        for pk, case in (drawn | away).items()
    ]
    rows.sort(key=lambda row: shelf_key(row.case.number))
    shown = [
        row
        for row in rows
        if (not asked.place or row.standing.place == asked.place)
        and (not asked.panel or row.panel == asked.panel)
    ]
    recent = FileMovement.objects.filter(case__frame=plan.frame_id).order_by("-pk")
    recent = recent.select_related("case", "holder__person", "by")[:RECENT]
    return Custody(rows, shown, list(recent))


def panel_names(plan: Plan) -> dict[int, str]:
    """Case → the name of the panel that evaluates it."""
    rows = live_assignments(plan).select_related("panel", "drawn_case")
    return {row.drawn_case.case_id: str(row.panel) for row in rows}


def standing_of(movement: FileMovement | None) -> Standing:
    """Where the last hand-over left the file; in the archive where there was none."""
    if movement is None:
        return Standing()
    return Standing(
        place=Place(movement.place),
        move=Move(movement.move),
        holder=movement.holder.person.name if movement.holder else "",
        since=movement.at,
        by=movement.by.name,
        ordinal=movement.ordinal,
    )


def file_of(plan: Plan, serial: int) -> Case:
    """The case behind a label. Raises `RefusedError` (404) when the year has no such number."""
    case = plan.frame.cases.select_related("firm").filter(serial=serial).first()
    if case is None:
        raise RefusedError(
            f"{plan.year}年度没有卷宗号{serial:04d}。请核对封面上的编号，再扫或输入一次。",
            status=404,
        )
    return case


def movements_of(case: Case) -> list[FileMovement]:
    """The way of one file, oldest first."""
    return list(case.movements.select_related("holder__person", "by").order_by("ordinal"))


def file_row(plan: Plan, case: Case) -> FileRow:
    """One file as it stands now."""
    last = FileMovement.objects.filter(case=case).select_related("holder__person", "by").last()
    drawn = drawn_cases(plan).filter(pk=case.pk).exists()
    return FileRow(case, "", standing_of(last), drawn)


def refusal(
    row: FileRow, move: Move, *, holder: Expert | None, may_take: dict[int, set[int]]
) -> str:
    """Why the move cannot be made now, as a sentence; blank when it can.

    `may_take` is asked when the file goes to an expert (`takers`).
    """
    name = holder.person.name if holder else ""
    sentence = why_not(row.label, move, row.standing, drawn=row.drawn, to=name)
    if sentence or move is not Move.GIVE:
        return sentence
    if holder is None:
        return "请先选卷宗发给哪位专家，再扫。"
    if holder.pk not in may_take.get(row.case.pk, set()):
        return f"卷宗{row.label}没有分给{name}，不能发给本人。请核对小组，或换一位专家。"
    return ""


def takers(plan: Plan) -> dict[int, set[int]]:
    """Case → experts who may take its file: the matched pair and who holds a sheet of it."""
    found: dict[int, set[int]] = {}
    seats = live_assignments(plan).values_list("drawn_case__case_id", "leader_id", "member_id")
    for case, leader, member in seats:
        found[case] = {leader, member}
    sheets = ScoreSheet.objects.filter(
        drawn_case__draw__plan=plan, drawn_case__replaced_at=None, withdrawn_at=None
    )
    for case, expert in sheets.values_list("drawn_case__case_id", "expert_id"):
        found.setdefault(case, set()).add(expert)
    return found


def file_takers(plan: Plan) -> list[tuple[int, str]]:
    """The experts of the year for the list to choose from: (id, name), by name."""
    wanted = {pk for experts in takers(plan).values() for pk in experts}
    names = Expert.objects.filter(pk__in=wanted).values_list("pk", "person__name")
    return sorted(names, key=lambda row: row[1])


def files_held(user: User) -> list[str]:
    """The numbers of the files that this expert has at hand; nothing about anybody else."""
    if user.person_id is None:
        return []
    later = FileMovement.objects.filter(case=OuterRef("case"), ordinal__gt=OuterRef("ordinal"))
    taken = FileMovement.objects.filter(~Exists(later), holder__person=user.person_id)
    serials = taken.order_by("case__serial").values_list("case__serial", flat=True)
    return [f"{serial:04d}" for serial in serials]


def outstanding_files(plan: Plan) -> list[str]:
    """Each file that has not come back, as a clause: number and where it is."""
    return [
        f"{row.label}号卷宗还在{row.standing.words}，没有还回档案室"
        for row in custody(plan).rows
        if row.standing.place in {Place.HALL, Place.EXPERT}
    ]
