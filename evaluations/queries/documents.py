"""Which Word template makes a document now."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connection

from evaluations.models import DocumentPack, DocumentTemplate, Plan
from evaluations.queries.case_papers import graded_of
from evaluations.rules.document_fields import FIELDS
from evaluations.rules.documents import DocumentKind, Field
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError

PACKED = (DocumentKind.SCORE_SHEET, DocumentKind.DELIBERATION)
"""Documents that exist once for each case: handed out together as a ZIP."""
TO_BEGIN = timedelta(seconds=20)
"""The time a pack has to begin: between the click and its thread."""
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
    latest = DocumentTemplate.objects.filter(kind=kind).order_by("-version").first()
    if latest is None or latest.built_in:
        return built_in(kind)
    return Template(latest.version, latest.sha256, bytes(latest.data))


@dataclass(frozen=True)
class TemplateRow:
    """A document with its template: the built-in one or the bureau's, and the versions so far."""

    kind: DocumentKind
    fields: tuple[Field, ...]
    versions: list[DocumentTemplate]

    @property
    def label(self) -> str:
        """What the document is called."""
        return self.kind.label

    @property
    def edited(self) -> DocumentTemplate | None:
        """The bureau's version in force; None for the built-in one."""
        latest = self.versions[-1] if self.versions else None
        return None if latest is None or latest.built_in else latest


def template_rows() -> list[TemplateRow]:
    """Every document with its versions; the files stay in the database. One query."""
    kept: dict[str, list[DocumentTemplate]] = {}
    versions = DocumentTemplate.objects.select_related("by").defer("data")
    for version in versions.order_by("kind", "version"):
        kept.setdefault(version.kind, []).append(version)
    return [TemplateRow(kind, FIELDS[kind], kept.get(kind, [])) for kind in DocumentKind]


def kind_of(key: str) -> DocumentKind:
    """A document by its key. Raises `RefusedError` (404) when there is none."""
    try:
        return DocumentKind(key)
    except ValueError as error:
        raise RefusedError("没有这种文书。请从“文书模板”页选择。", status=404) from error


def latest_pack(plan: Plan, kind: DocumentKind) -> DocumentPack | None:
    """The last pack of the year, at work or done; its file stays in the database."""
    packs = DocumentPack.objects.filter(plan=plan, kind=kind).select_related("asked_by")
    return packs.defer("data").first()


def is_at_work(pack: DocumentPack) -> bool:
    """Whether its process lives: it holds an advisory lock that no dead process keeps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND classid = %s AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [DocumentPack.PACKS, pack.pk],
        )
        held = cursor.fetchone() is not None
    return held or (pack.done == 0 and database_now() - pack.asked_at < TO_BEGIN)


@dataclass(frozen=True)
class PackPage:
    """A pack as its page shows it: at work, ready, or why it is not."""

    plan: Plan
    kind: DocumentKind
    pack: DocumentPack | None
    at_work: bool
    waiting: int

    @property
    def ready(self) -> bool:
        """Whether there is a file to take."""
        return bool(self.pack and self.pack.ended_at and not self.pack.sentence)

    @property
    def halted(self) -> bool:
        """Whether the server stopped before it was done."""
        return bool(self.pack and not self.pack.ended_at and not self.at_work)


def pack_page(plan: Plan, kind: DocumentKind) -> PackPage:
    """The page; only graded cases are counted (背靠背)."""
    if kind not in PACKED:
        raise RefusedError(f"{kind.label}不用成批打包，请从它的页面下载。", status=404)
    pack = latest_pack(plan, kind)
    at_work = bool(pack and pack.ended_at is None and is_at_work(pack))
    return PackPage(plan, kind, pack, at_work, len(graded_of(plan)))


def pack_file(plan: Plan, kind: DocumentKind) -> bytes:
    """The finished ZIP. Raises `RefusedError` (404) while there is none."""
    done = DocumentPack.objects.filter(plan=plan, kind=kind, data__isnull=False).first()
    if done is None or done.data is None:
        raise RefusedError("还没有打好的文书包，请先在本页生成。", status=404)
    return bytes(done.data)
