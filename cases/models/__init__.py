"""The population of a year: frame, uploads, cases, and what was left out."""

from cases.models.decisions import Absence, Correction, RejectedRow, Removal, RowChange
from cases.models.imports import CleaningLine, Frame, ImportBatch, ImportJob
from cases.models.population import Case, CaseHandler, CaseKind, CaseQuerySet, Exclusion
from cases.models.words import ColumnLayout, Synonym

__all__ = [
    "Absence",
    "Case",
    "CaseHandler",
    "CaseKind",
    "CaseQuerySet",
    "CleaningLine",
    "ColumnLayout",
    "Correction",
    "Exclusion",
    "Frame",
    "ImportBatch",
    "ImportJob",
    "RejectedRow",
    "Removal",
    "RowChange",
    "Synonym",
]
