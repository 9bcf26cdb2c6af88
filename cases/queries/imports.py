"""What the pages of the uploads show."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from cases.models import Frame, ImportBatch
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

PAGE_SIZE = 50


def find_batch(frame: Frame, pk: int) -> ImportBatch:
    """An upload of this year that is checked. Raises `RefusedError` (404, or 409 before)."""
    batch = find_upload(frame, pk)
    if not batch.summary:
        raise RefusedError("这份文件还没有核对完，这一步还不能办。请回检查页看进度。")
    return batch


def find_upload(frame: Frame, pk: int) -> ImportBatch:
    """An upload of this year, checked or not yet. Raises `RefusedError` (404)."""
    batch = frame.batches.select_related("uploaded_by", "confirmed_by").filter(pk=pk).first()
    if batch is None:
        raise RefusedError("没有找到这次上传。请回案件页重新上传文件。", status=404)
    return batch


def find_own_batch(pk: str, *, user: User) -> ImportBatch:
    """An upload of this account, of any year. Raises `RefusedError` (404)."""
    own = ImportBatch.objects.select_related("frame", "uploaded_by").filter(uploaded_by=user)
    batch = own.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() else None
    if batch is None:
        raise RefusedError("没有找到这次上传。请重新上传文件。", status=404)
    return batch


def uploads_page(frame: Frame, page: str | None) -> Page[ImportBatch]:
    """Every upload of the year, the last first, without the files."""
    uploads = frame.batches.select_related("uploaded_by", "confirmed_by")
    return Paginator(uploads.defer("data", "mapping"), PAGE_SIZE).get_page(page)


def open_frames() -> QuerySet[Frame]:
    """The frames that still take cases."""
    return Frame.objects.filter(sealed_at__isnull=True).order_by("-year")


@dataclass(frozen=True)
class FindingGroup:
    """Findings that are repaired in the same way."""

    level: str
    code: str
    message: str
    remedy: str
    findings: list[dict[str, object]]
    count: int

    @property
    def is_cut(self) -> bool:
        """Whether the file has more of them than the preview keeps."""
        return self.count > len(self.findings)


def findings_by_remedy(batch: ImportBatch) -> list[FindingGroup]:
    """The findings of a preview, errors first, grouped by what to do about them.

    Of very many only the first are listed; `count` is how many there are.
    """
    groups: dict[tuple[str, str, str], list[dict[str, object]]] = {}
    for finding in batch.summary.get("findings", []):
        key = (finding["level"], finding["code"], finding["remedy"])
        groups.setdefault(key, []).append(finding)
    whole = {tuple(kind): count for *kind, count in batch.summary.get("kinds", [])}
    return [
        FindingGroup(
            *(level, code, str(found[0]["message"]), remedy, found),
            count=whole.get((level, code, remedy), len(found)),
        )
        for (level, code, remedy), found in sorted(groups.items())
    ]


def is_outdated(batch: ImportBatch) -> bool:
    """Whether the list of cases has changed since an open upload was compared with it."""
    checked = batch.summary.get("checked_at", "")
    if not checked or batch.confirmed_at or batch.discarded_at:
        return False
    since = datetime.fromisoformat(checked)
    frame = batch.frame
    return (
        frame.batches.filter(confirmed_at__gt=since).exists()
        or frame.corrections.filter(at__gt=since).exists()
    )
