"""办结案件: the pure rules of the population (article 4 of the plan)."""

from cases.rules.dates import ParsedDate, parse_date
from cases.rules.frame import (
    LATE_FILING_DAYS,
    Reconciliation,
    frame_sha256,
    in_window,
    is_filed_late,
    reconcile,
)
from cases.rules.kinds import (
    STAGE_LABELS,
    Kind,
    Stage,
    kind_of,
    kind_of_number,
    kind_word,
    stage_of,
    stage_word,
)
from cases.rules.numbers import (
    canonical_number,
    case_key,
    is_clean_number,
    is_legal_number,
    loosen,
    near_skeleton,
    skeleton,
    spelling_changes,
)

__all__ = [
    "LATE_FILING_DAYS",
    "STAGE_LABELS",
    "Kind",
    "ParsedDate",
    "Reconciliation",
    "Stage",
    "canonical_number",
    "case_key",
    "frame_sha256",
    "in_window",
    "is_clean_number",
    "is_filed_late",
    "is_legal_number",
    "kind_of",
    "kind_of_number",
    "kind_word",
    "loosen",
    "near_skeleton",
    "parse_date",
    "reconcile",
    "skeleton",
    "spelling_changes",
    "stage_of",
    "stage_word",
]
