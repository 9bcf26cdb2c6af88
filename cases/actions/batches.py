"""One upload at a time: locked, and refused once it was decided."""

from cases.models import ImportBatch
from wanzhou_eval.errors import RefusedError


def lock_batch(batch: ImportBatch) -> ImportBatch:
    """Lock an upload that is still open. Raises `RefusedError` once it was decided."""
    locked = (
        ImportBatch.objects.select_for_update(of=("self",)).select_related("frame").get(pk=batch.pk)
    )
    refuse_decided(locked)
    return locked


def refuse_decided(batch: ImportBatch) -> None:
    """Raise `RefusedError` when the batch was confirmed or discarded before."""
    if batch.confirmed_at:
        raise RefusedError(f"“{batch.file_name}”已经导入，没有重复导入。请到案件页查看。")
    if batch.discarded_at:
        raise RefusedError(f"“{batch.file_name}”已经放弃，没有导入。请重新上传。")
