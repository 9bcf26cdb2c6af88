"""The population of a year: frame, uploads, cases, and what was left out."""

from cases.models.imports import CleaningLine, Frame, ImportBatch
from cases.models.population import Case, CaseHandler, CaseKind, CaseQuerySet, Exclusion
from cases.models.words import ColumnLayout, Synonym

__all__ = [
    "Case",
    "CaseHandler",
    "CaseKind",
    "CaseQuerySet",
    "CleaningLine",
    "ColumnLayout",
    "Exclusion",
    "Frame",
    "ImportBatch",
    "Synonym",
]
