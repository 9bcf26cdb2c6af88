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
    SheetRound,
)
from evaluations.models.panels import Alternate, Assignment, Panel, PanelMember
from evaluations.models.paper import PaperScan, PaperTyping
from evaluations.models.plan import Plan, StageEntry
from evaluations.models.reminders import Nudge, Reminder
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
from evaluations.models.sheet_notes import SheetNote

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
    "Nudge",
    "Panel",
    "PanelMember",
    "PaperScan",
    "PaperTyping",
    "Plan",
    "Proposal",
    "PublicLookup",
    "Publication",
    "PublicationLine",
    "Reminder",
    "ReplacementRequest",
    "ReviewGrading",
    "ScoreSheet",
    "ScoringStandard",
    "SheetContent",
    "SheetNote",
    "SheetRound",
    "StageEntry",
    "Training",
    "Trial",
    "TrialFile",
    "TrialSheet",
    "Undertaking",
]
