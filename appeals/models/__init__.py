"""异议申辩, 复评, the consequences of a grade and the archive of a year."""

from appeals.models.appeal import Appeal, AppealFile, AppealGround, ReviewPanel
from appeals.models.archive import YearArchive
from appeals.models.consequences import (
    Inquiry,
    Recovery,
    RecoveryPayment,
    Rectification,
    RectificationProof,
)

__all__ = [
    "Appeal",
    "AppealFile",
    "AppealGround",
    "Inquiry",
    "Recovery",
    "RecoveryPayment",
    "Rectification",
    "RectificationProof",
    "ReviewPanel",
    "YearArchive",
]
