"""文书: which documents the year produces and which fields their Word templates may use.

A field is written {{ 名称 }} in the template; a table is repeated row by row with
{%tr for 行 in 表名 %}. The samples are invented; they fill the specimen of every template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DocumentKind(StrEnum):
    """The documents, named like their template files."""

    SAMPLE = "sample"
    SCORE_SHEET = "score_sheet"
    DELIBERATION = "deliberation"
    APPROVAL = "approval"
    PUBLICATION = "publication"
    APPEAL_ACCEPTED = "appeal_accepted"
    APPEAL_REFUSED = "appeal_refused"
    REVIEW = "review"
    ANSWER = "answer"
    RECOVERY = "recovery"
    RECTIFICATION = "rectification"
    TRANSFER = "transfer"
    ALLOWANCES = "allowances"
    REPORT = "report"

    @property
    def label(self) -> str:
        """What the document is called."""
        return LABELS[self]


LABELS = {
    DocumentKind.SAMPLE: "抽样记录",
    DocumentKind.SCORE_SHEET: "评分表",
    DocumentKind.DELIBERATION: "合议单",
    DocumentKind.APPROVAL: "送审单",
    DocumentKind.PUBLICATION: "公布稿",
    DocumentKind.APPEAL_ACCEPTED: "异议受理通知书",
    DocumentKind.APPEAL_REFUSED: "异议不予受理通知书",
    DocumentKind.REVIEW: "复评意见书",
    DocumentKind.ANSWER: "异议审查结果反馈书",
    DocumentKind.RECOVERY: "追回通知",
    DocumentKind.RECTIFICATION: "整改通知",
    DocumentKind.TRANSFER: "履职调查移送函",
    DocumentKind.ALLOWANCES: "补贴发放表",
    DocumentKind.REPORT: "评估报告",
}


@dataclass(frozen=True)
class Field:
    """A field of a document: its name in the template, what it means, an invented example.

    A table has `columns`; its sample is the same row several times.
    """

    name: str
    meaning: str
    sample: object = ""
    columns: tuple["Field", ...] = ()

    @property
    def example(self) -> object:
        """What the specimen shows in its place."""
        if not self.columns:
            return self.sample
        return [{each.name: each.example for each in self.columns} for _ in range(SAMPLE_ROWS)]


SAMPLE_ROWS = 3


def names_of(fields: tuple[Field, ...]) -> dict[str, frozenset[str]]:
    """The fields as the check of an edited template wants them."""
    return {each.name: frozenset(column.name for column in each.columns) for each in fields}


def examples_of(fields: tuple[Field, ...]) -> Mapping[str, object]:
    """Invented values for every field."""
    return {each.name: each.example for each in fields}
