"""卷宗交接 of the rehearsal: out on the first morning, back after the last grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluations.actions.custody import move_panel
from evaluations.queries.assignments import assigned_pairs
from evaluations.queries.custody import custody
from evaluations.rules.custody import Move, Place

if TYPE_CHECKING:
    from appeals.rehearsal.year import Rehearsal


def hand_out(year: Rehearsal) -> None:
    """Every panel's files come to the hall; the leader of the first file's panel takes them."""
    clerk = year.people["clerk"]
    for name in custody(year.plan).panels:
        move_panel(year.plan, panel=name, move=Move.OUT, by=clerk)
    first = assigned_pairs(year.plan)[0]
    move_panel(year.plan, panel=str(first.panel), move=Move.GIVE, holder=first.leader, by=clerk)


def bring_back(year: Rehearsal) -> None:
    """Every file goes the way back to its shelf."""
    for move, source in ((Move.BACK, Place.EXPERT), (Move.RETURN, Place.HALL)):
        there = {row.panel for row in custody(year.plan).rows if row.standing.place is source}
        for name in sorted(there):
            move_panel(year.plan, panel=name, move=move, by=year.people["clerk"])
