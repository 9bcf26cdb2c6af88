"""异议申辩 → 复评 → 反馈 → 问题处理 → 归档: the only modules of this app that write."""

from appeals.actions.closing import close_year
from appeals.actions.consequences import lift_consequences, open_consequences
from appeals.actions.filing import (
    confirm_paper_appeal,
    file_appeal,
    register_paper_appeal,
    reject_paper_appeal,
    withdraw_appeal,
)
from appeals.actions.inquiries import close_inquiry, transfer_inquiry
from appeals.actions.recovery import (
    assess_recovery,
    record_payment,
    record_refund,
    send_recovery_notice,
)
from appeals.actions.rectification import (
    check_proof,
    lift_rectification,
    order_rectification,
    send_rectification_notice,
)
from appeals.actions.review import decide_appeal, form_review_panel, freeze_review
from appeals.actions.reviewers import (
    confirm_reviewer_change,
    replace_recused_reviewer,
    request_reviewer_change,
)

__all__ = [
    "assess_recovery",
    "check_proof",
    "close_inquiry",
    "close_year",
    "confirm_paper_appeal",
    "confirm_reviewer_change",
    "decide_appeal",
    "file_appeal",
    "form_review_panel",
    "freeze_review",
    "lift_consequences",
    "lift_rectification",
    "open_consequences",
    "order_rectification",
    "record_payment",
    "record_refund",
    "register_paper_appeal",
    "reject_paper_appeal",
    "replace_recused_reviewer",
    "request_reviewer_change",
    "send_recovery_notice",
    "send_rectification_notice",
    "transfer_inquiry",
    "withdraw_appeal",
]
