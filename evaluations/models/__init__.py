"""The tables of a yearly evaluation, one module per step of the year."""

from evaluations.models.allowances import AllowancePayment, AllowanceSheet
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
from evaluations.models.documents import DocumentPack, DocumentTemplate
from evaluations.models.draw import Draw, DrawEvent, DrawKind, DrawnCase
from evaluations.models.marking import (
    DeductionReason,
    GradeBand,
    Item,
    Mark,
    Method,
    ScoreSheet,
    ScoringStandard,
    SheetRound,
)
from evaluations.models.panels import Alternate, Assignment, Panel, PanelMember
from evaluations.models.paper import PaperScan, PaperTyping
from evaluations.models.places import PublicationPlace
from evaluations.models.plan import Plan, StageEntry
from evaluations.models.reminders import Nudge, Reminder
from evaluations.models.report import CaseResult, ItemTally, PanelReport, Report
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
    "AllowancePayment",
    "AllowanceSheet",
    "Alternate",
    "Approval",
    "Assignment",
    "Attendance",
    "CaseResult",
    "DeclaredRelation",
    "DeductionReason",
    "DocumentPack",
    "DocumentTemplate",
    "Draw",
    "DrawEvent",
    "DrawKind",
    "DrawnCase",
    "FileMovement",
    "GradeBand",
    "Grading",
    "GradingOutcome",
    "Item",
    "ItemTally",
    "Mark",
    "Method",
    "Nudge",
    "Panel",
    "PanelMember",
    "PanelReport",
    "PaperScan",
    "PaperTyping",
    "Plan",
    "Proposal",
    "PublicLookup",
    "Publication",
    "PublicationLine",
    "PublicationPlace",
    "Reminder",
    "ReplacementRequest",
    "Report",
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
