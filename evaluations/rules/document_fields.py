"""The fields of every document: what its Word template may use and `render` must be given."""

from evaluations.rules import document_forms as forms
from evaluations.rules import document_letters as letters
from evaluations.rules.documents import DocumentKind, Field

FIELDS: dict[DocumentKind, tuple[Field, ...]] = {
    DocumentKind.SAMPLE: forms.SAMPLE,
    DocumentKind.SCORE_SHEET: forms.SCORE_SHEET,
    DocumentKind.DELIBERATION: forms.DELIBERATION,
    DocumentKind.APPROVAL: forms.APPROVAL,
    DocumentKind.PUBLICATION: forms.PUBLICATION,
    DocumentKind.APPEAL_ACCEPTED: letters.APPEAL_ACCEPTED,
    DocumentKind.APPEAL_REFUSED: letters.APPEAL_REFUSED,
    DocumentKind.REVIEW: letters.REVIEW,
    DocumentKind.ANSWER: letters.ANSWER,
    DocumentKind.RECOVERY: letters.RECOVERY,
    DocumentKind.RECTIFICATION: letters.RECTIFICATION,
    DocumentKind.TRANSFER: letters.TRANSFER,
    DocumentKind.ALLOWANCES: forms.ALLOWANCES,
    DocumentKind.REPORT: letters.REPORT,
}
