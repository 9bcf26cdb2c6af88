"""文书 as Word files: the template in force, filled with the values of a case or a year.

    render(DocumentKind.RECOVERY, {"年度": plan.year, "案号": case.number, …})

takes a value for every field of `rules.document_fields` and returns the .docx.
"""

from collections.abc import Mapping
from functools import lru_cache

from evaluations.queries.documents import template_in_force
from evaluations.rules.document_fields import FIELDS
from evaluations.rules.documents import DocumentKind, names_of
from wanzhou_eval.wordfiles import WordTemplate


def render(
    kind: DocumentKind, values: Mapping[str, object], *, template: WordTemplate | None = None
) -> bytes:
    """The document; every field of the kind needs a value, "" where there is nothing to say.

    `template` is what `template_of` gave, where many documents of a kind are made.
    """
    wanted = names_of(FIELDS[kind])
    assert wanted.keys() == values.keys(), f"{kind}: {wanted.keys() ^ values.keys()}"
    return (template or template_of(kind)).fill(values)


def template_of(kind: DocumentKind) -> WordTemplate:
    """The template in force, ready to be filled. One query."""
    template = template_in_force(kind)
    return _prepared(template.sha256, template.data)


@lru_cache(maxsize=32)
def _prepared(sha256: str, data: bytes) -> WordTemplate:
    """A template taken apart, kept for the documents that follow; its hash is its name."""
    return WordTemplate(data)
