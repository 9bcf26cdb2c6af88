"""What changes the population: uploads, confirmed imports, totals, exclusions."""

from cases.actions.exclusions import EXCLUSION_CODES, exclude_case
from cases.actions.frames import close_frame, declare_total, lock_frame, open_frame, set_window
from cases.actions.imports import confirm_import, discard_import, upload_file
from cases.actions.mapping import map_columns, recheck
from cases.actions.words import add_first_words, keep_found_word, keep_synonym, remove_synonym

__all__ = [
    "EXCLUSION_CODES",
    "add_first_words",
    "close_frame",
    "confirm_import",
    "declare_total",
    "discard_import",
    "exclude_case",
    "keep_found_word",
    "keep_synonym",
    "lock_frame",
    "map_columns",
    "open_frame",
    "recheck",
    "remove_synonym",
    "set_window",
    "upload_file",
]
