"""异议申辩 → 复评 → 反馈 → 问题处理 → 归档: the only modules of this app that write."""

from appeals.actions.closing import close_year
from appeals.actions.consequences import (
    close_inquiry,
    open_consequences,
    record_payment,
    send_recovery_notice,
    transfer_inquiry,
)
from appeals.actions.filing import (
    confirm_paper_appeal,
    file_appeal,
    register_paper_appeal,
    reject_paper_appeal,
    withdraw_appeal,
)
from appeals.actions.review import decide_appeal, form_review_panel, freeze_review
from appeals.actions.reviewers import (
    confirm_reviewer_change,
    replace_recused_reviewer,
    request_reviewer_change,
)

__all__ = [
    "close_inquiry",
    "close_year",
    "confirm_paper_appeal",
    "confirm_reviewer_change",
    "decide_appeal",
    "file_appeal",
    "form_review_panel",
    "freeze_review",
    "open_consequences",
    "record_payment",
    "register_paper_appeal",
    "reject_paper_appeal",
    "replace_recused_reviewer",
    "request_reviewer_change",
    "send_recovery_notice",
    "transfer_inquiry",
    "withdraw_appeal",
]
