"""The tables of a yearly evaluation, one module per step of the year."""

from evaluations.models.contents import SheetContent
from evaluations.models.custody import FileMovement
from evaluations.models.draw import Draw, DrawEvent, DrawKind, DrawnCase
from evaluations.models.marking import (
    DeductionReason,
    GradeBand,
    Item,
    Mark,
    ScoreSheet,
    ScoringStandard,
    SheetNote,
    SheetRound,
    Undertaking,
)
from evaluations.models.panels import Alternate, Assignment, Panel, PanelMember
from evaluations.models.plan import Plan, StageEntry
from evaluations.models.requests import ReplacementRequest
from evaluations.models.results import (
    Approval,
    Grading,
    GradingOutcome,
    Proposal,
    Publication,
    PublicationLine,
    PublicLookup,
    ReviewGrading,
)

__all__ = [
    "Alternate",
    "Approval",
    "Assignment",
    "DeductionReason",
    "Draw",
    "DrawEvent",
    "DrawKind",
    "DrawnCase",
    "FileMovement",
    "GradeBand",
    "Grading",
    "GradingOutcome",
    "Item",
    "Mark",
    "Panel",
    "PanelMember",
    "Plan",
    "Proposal",
    "PublicLookup",
    "Publication",
    "PublicationLine",
    "ReplacementRequest",
    "ReviewGrading",
    "ScoreSheet",
    "ScoringStandard",
    "SheetContent",
    "SheetNote",
    "SheetRound",
    "StageEntry",
    "Undertaking",
]
