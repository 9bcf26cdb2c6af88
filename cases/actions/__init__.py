"""What changes the population: uploads, confirmed imports, totals, exclusions."""

from cases.actions.exclusions import EXCLUSION_CODES, exclude_case
from cases.actions.frames import close_frame, declare_total, lock_frame, open_frame, set_window
from cases.actions.imports import confirm_import, discard_import, upload_file

__all__ = [
    "EXCLUSION_CODES",
    "close_frame",
    "confirm_import",
    "declare_total",
    "discard_import",
    "exclude_case",
    "lock_frame",
    "open_frame",
    "set_window",
    "upload_file",
]
