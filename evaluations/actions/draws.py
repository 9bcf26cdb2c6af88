"""The acts of the draws, in the order of a ceremony; each lives in the module of its step."""

from evaluations.actions.draws_freeze import (
    freeze_experts,
    freeze_match,
    freeze_review_draw,
    seal_frame,
)
from evaluations.actions.draws_hold import (
    announce,
    enter_seed,
    hold_draw,
    pause_reading,
    sign_draw,
    sign_sheet_a,
)
from evaluations.actions.draws_requests import (
    confirm_replacement,
    replace_missing,
    request_replacement,
    request_withdrawal,
    return_replacement,
    take_back_replacement,
    withdraw_expert,
)
from evaluations.actions.draws_void import confirm_void, request_void, void_draw, withdraw_void

__all__ = [
    "announce",
    "confirm_replacement",
    "confirm_void",
    "enter_seed",
    "freeze_experts",
    "freeze_match",
    "freeze_review_draw",
    "hold_draw",
    "pause_reading",
    "replace_missing",
    "request_replacement",
    "request_void",
    "request_withdrawal",
    "return_replacement",
    "seal_frame",
    "sign_draw",
    "sign_sheet_a",
    "take_back_replacement",
    "void_draw",
    "withdraw_expert",
    "withdraw_void",
]
