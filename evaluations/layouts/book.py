"""Which layout makes which template file."""

from collections.abc import Callable

from evaluations.layouts import letters, report
from evaluations.layouts.package import package
from evaluations.rules.documents import DocumentKind

LAYOUTS: dict[DocumentKind, Callable[[], str]] = {
    DocumentKind.RECOVERY: letters.recovery,
    DocumentKind.RECTIFICATION: letters.rectification,
    DocumentKind.TRANSFER: letters.transfer,
    DocumentKind.REPORT: report.report,
}


def build(kind: DocumentKind) -> bytes:
    """The built-in template of a document."""
    return package(LAYOUTS[kind]())
