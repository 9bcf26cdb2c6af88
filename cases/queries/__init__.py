"""What the pages of the population show."""

from cases.queries.cleaning import (
    CleaningFilter,
    CleaningPage,
    cells_shown,
    cleaning_page,
    cleaning_sha256,
    cleaning_text,
    filtered_lines,
)
from cases.queries.imports import (
    FindingGroup,
    find_batch,
    find_own_batch,
    findings_by_remedy,
    open_frames,
)
from cases.queries.jobs import LastImport, Progress, last_import
from cases.queries.population import (
    CaseFilter,
    CaseList,
    FrameCounts,
    case_list,
    filtered_cases,
    find_case,
    frame_counts,
    frame_of,
)
from cases.queries.rejections import reconciliation_of, standing_rejections
from cases.queries.words import firm_aliases, firm_names, synonyms

__all__ = [
    "CaseFilter",
    "CaseList",
    "CleaningFilter",
    "CleaningPage",
    "FindingGroup",
    "FrameCounts",
    "LastImport",
    "Progress",
    "case_list",
    "cells_shown",
    "cleaning_page",
    "cleaning_sha256",
    "cleaning_text",
    "filtered_cases",
    "filtered_lines",
    "find_batch",
    "find_case",
    "find_own_batch",
    "findings_by_remedy",
    "firm_aliases",
    "firm_names",
    "frame_counts",
    "frame_of",
    "last_import",
    "open_frames",
    "reconciliation_of",
    "standing_rejections",
    "synonyms",
]
