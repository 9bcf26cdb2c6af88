"""The tables of a yearly evaluation, one module per step of the year."""

from evaluations.models.before import (
    Attendance,
    DeclaredRelation,
    Training,
    Trial,
    TrialFile,
    TrialSheet,
    Undertaking,
)
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
    "Attendance",
    "DeclaredRelation",
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
    "SheetNote",
    "SheetRound",
    "StageEntry",
    "Training",
    "Trial",
    "TrialFile",
    "TrialSheet",
    "Undertaking",
]
