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
from cases.queries.comparison import Changes, Decisions, changes_page, decisions_of
from cases.queries.frame_check import FrameCheck, frame_check
from cases.queries.imports import (
    FindingGroup,
    find_batch,
    find_own_batch,
    find_upload,
    findings_by_remedy,
    is_outdated,
    open_frames,
    uploads_page,
)
from cases.queries.jobs import LastImport, Progress, last_import
from cases.queries.left_out import (
    exclusions_by_reason,
    find_exclusion,
    find_rejected,
    left_out_page,
)
from cases.queries.population import (
    CaseFilter,
    CaseList,
    FrameCounts,
    case_list,
    filtered_cases,
    find_case,
    frame_counts,
    frame_of,
    today_of,
)
from cases.queries.rejections import reconciliation_of, standing_rejections
from cases.queries.words import firm_aliases, firm_names, synonyms

__all__ = [
    "CaseFilter",
    "CaseList",
    "Changes",
    "CleaningFilter",
    "CleaningPage",
    "Decisions",
    "FindingGroup",
    "FrameCheck",
    "FrameCounts",
    "LastImport",
    "Progress",
    "case_list",
    "cells_shown",
    "changes_page",
    "cleaning_page",
    "cleaning_sha256",
    "cleaning_text",
    "decisions_of",
    "exclusions_by_reason",
    "filtered_cases",
    "filtered_lines",
    "find_batch",
    "find_case",
    "find_exclusion",
    "find_own_batch",
    "find_rejected",
    "find_upload",
    "findings_by_remedy",
    "firm_aliases",
    "firm_names",
    "frame_check",
    "frame_counts",
    "frame_of",
    "is_outdated",
    "last_import",
    "left_out_page",
    "open_frames",
    "reconciliation_of",
    "standing_rejections",
    "synonyms",
    "today_of",
    "uploads_page",
]
