"""Which Word template makes a document now."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from evaluations.rules.documents import DocumentKind

BUILT_IN = Path(settings.BASE_DIR) / "templates" / "documents"


@dataclass(frozen=True)
class Template:
    """A template in force; `version` 0 is the built-in one."""

    version: int
    sha256: str
    data: bytes


@cache
def built_in(kind: DocumentKind) -> Template:
    """The template that comes with the program."""
    data = (BUILT_IN / f"{kind}.docx").read_bytes()
    return Template(0, sha256(data).hexdigest(), data)


def template_in_force(kind: DocumentKind) -> Template:
    """The template that the next document of this kind is made from."""
    return built_in(kind)
