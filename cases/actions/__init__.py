"""What changes the population: uploads, confirmed imports, totals, exclusions, corrections."""

from cases.actions.absences import decide_absences
from cases.actions.corrections import CORRECTABLE, correct_case
from cases.actions.exclusions import exclude_case, include_case
from cases.actions.frames import (
    close_frame,
    declare_total,
    lock_frame,
    open_frame,
    set_frame_clock,
    set_window,
)
from cases.actions.imports import (
    confirm_import,
    discard_import,
    import_file,
    upload_file,
)
from cases.actions.jobs import (
    BACKGROUND_FROM,
    start_check,
    start_import,
    start_mapping,
    stop_import,
    upload_large,
)
from cases.actions.mapping import map_columns, recheck
from cases.actions.rejections import reject_rows, unreject_row, withdraw_rejection
from cases.actions.words import add_first_words, keep_found_word, keep_synonym, remove_synonym

__all__ = [
    "BACKGROUND_FROM",
    "CORRECTABLE",
    "add_first_words",
    "close_frame",
    "confirm_import",
    "correct_case",
    "decide_absences",
    "declare_total",
    "discard_import",
    "exclude_case",
    "import_file",
    "include_case",
    "keep_found_word",
    "keep_synonym",
    "lock_frame",
    "map_columns",
    "open_frame",
    "recheck",
    "reject_rows",
    "remove_synonym",
    "set_frame_clock",
    "set_window",
    "start_check",
    "start_import",
    "start_mapping",
    "stop_import",
    "unreject_row",
    "upload_file",
    "upload_large",
    "withdraw_rejection",
]
