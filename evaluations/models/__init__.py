"""The tables of a yearly evaluation, one module per step of the year."""

from evaluations.models.allowances import AllowancePayment, AllowanceSheet
from evaluations.models.custody import FileMovement
from evaluations.models.documents import DocumentPack, DocumentTemplate
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
from evaluations.models.places import PublicationPlace
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
    "AllowancePayment",
    "AllowanceSheet",
    "Alternate",
    "Approval",
    "Assignment",
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
    "Mark",
    "Panel",
    "PanelMember",
    "Plan",
    "Proposal",
    "PublicLookup",
    "Publication",
    "PublicationLine",
    "PublicationPlace",
    "ReplacementRequest",
    "ReviewGrading",
    "ScoreSheet",
    "ScoringStandard",
    "SheetNote",
    "SheetRound",
    "StageEntry",
    "Undertaking",
]
