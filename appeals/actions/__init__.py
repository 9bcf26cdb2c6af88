"""异议申辩 → 复评 → 反馈 → 问题处理 → 归档: the only modules of this app that write."""

from appeals.actions.closing import close_year
from appeals.actions.consequences import lift_consequences, open_consequences
from appeals.actions.filing import (
    file_appeal,
    record_bad_files,
    register_paper_appeal,
)
from appeals.actions.inquiries import close_inquiry, transfer_inquiry
from appeals.actions.papers import confirm_paper_appeal, reject_paper_appeal
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
from appeals.actions.reminders import Duty, send_reminders
from appeals.actions.review import decide_appeal, form_review_panel, freeze_review
from appeals.actions.reviewers import (
    confirm_reviewer_change,
    replace_recused_reviewer,
    request_reviewer_change,
)
from appeals.actions.withdrawal import confirm_withdrawal, register_withdrawal, withdraw_appeal

__all__ = [
    "Duty",
    "assess_recovery",
    "check_proof",
    "close_inquiry",
    "close_year",
    "confirm_paper_appeal",
    "confirm_reviewer_change",
    "confirm_withdrawal",
    "decide_appeal",
    "file_appeal",
    "form_review_panel",
    "freeze_review",
    "lift_consequences",
    "lift_rectification",
    "open_consequences",
    "order_rectification",
    "record_bad_files",
    "record_payment",
    "record_refund",
    "register_paper_appeal",
    "register_withdrawal",
    "reject_paper_appeal",
    "replace_recused_reviewer",
    "request_reviewer_change",
    "send_recovery_notice",
    "send_rectification_notice",
    "send_reminders",
    "transfer_inquiry",
    "withdraw_appeal",
]
