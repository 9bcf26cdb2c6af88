"""Which layout makes which template file."""

from collections.abc import Callable

from evaluations.layouts import forms, letters, report, results
from evaluations.layouts.package import package
from evaluations.rules.documents import DocumentKind

LAYOUTS: dict[DocumentKind, Callable[[], str]] = {
    DocumentKind.SAMPLE: forms.sample,
    DocumentKind.SCORE_SHEET: forms.score_sheet,
    DocumentKind.DELIBERATION: forms.deliberation,
    DocumentKind.APPROVAL: results.approval,
    DocumentKind.PUBLICATION: results.publication,
    DocumentKind.APPEAL_ACCEPTED: letters.appeal_accepted,
    DocumentKind.APPEAL_REFUSED: letters.appeal_refused,
    DocumentKind.REVIEW: results.review,
    DocumentKind.ANSWER: letters.answer,
    DocumentKind.RECOVERY: letters.recovery,
    DocumentKind.RECTIFICATION: letters.rectification,
    DocumentKind.TRANSFER: letters.transfer,
    DocumentKind.ALLOWANCES: results.allowances,
    DocumentKind.REPORT: report.report,
}


def build(kind: DocumentKind) -> bytes:
    """The built-in template of a document."""
    return package(LAYOUTS[kind]())
