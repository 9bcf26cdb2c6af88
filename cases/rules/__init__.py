"""办结案件: the pure rules of the population (article 4 of the plan)."""

from cases.rules.cleaning import LedgerLine, ledger_sha256, ledger_text
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
    KIND_WORDS,
    STAGE_LABELS,
    STAGE_WORDS,
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
from cases.rules.reasons import (
    EXCLUSION_REASONS,
    REJECTIONS,
    Rejection,
    allowed_rejections,
    is_reason,
)

__all__ = [
    "EXCLUSION_REASONS",
    "KIND_WORDS",
    "LATE_FILING_DAYS",
    "REJECTIONS",
    "STAGE_LABELS",
    "STAGE_WORDS",
    "Kind",
    "LedgerLine",
    "ParsedDate",
    "Reconciliation",
    "Rejection",
    "Stage",
    "allowed_rejections",
    "canonical_number",
    "case_key",
    "frame_sha256",
    "in_window",
    "is_clean_number",
    "is_filed_late",
    "is_legal_number",
    "is_reason",
    "kind_of",
    "kind_of_number",
    "kind_word",
    "ledger_sha256",
    "ledger_text",
    "loosen",
    "near_skeleton",
    "parse_date",
    "reconcile",
    "skeleton",
    "spelling_changes",
    "stage_of",
    "stage_word",
]
