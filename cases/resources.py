"""The django-import-export door to the same import action as the clerk's page.

A Format that hands the file on whole, a Resource that hands it to the action: not a row is
parsed or written here.
"""

from typing import Any

from import_export.formats.base_formats import Format
from import_export.resources import ModelResource
from import_export.results import Result, RowResult
from tablib import Dataset

from cases.actions import confirm_import, upload_file
from cases.models import Case, ImportBatch

WHOLE_FILE = "文件"


class LedgerFormat(Format):  # type: ignore[misc]  # the library is untyped
    """Excel or text exactly as uploaded; reading it is `upload_file`'s work."""

    def get_title(self) -> str:
        """Return the name in the list of formats."""
        return "台账或清单（.xlsx、.xls、.csv）"

    def get_extension(self) -> str:
        """Return the usual ending."""
        return "xlsx"

    def can_import(self) -> bool:
        """Files come in."""
        return True

    def can_export(self) -> bool:
        """Files go out through the house's own safe table."""
        return True

    def get_content_type(self) -> str:
        """Return the type of what goes out."""
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def create_dataset(self, in_stream: bytes) -> Dataset:
        """One cell: the file."""
        return Dataset((in_stream,), headers=(WHOLE_FILE,))


class BatchResult(Result):  # type: ignore[misc]  # the library is untyped
    """What an import did, or would do, with the stored batch behind it."""

    def __init__(self, batch: ImportBatch, counts: dict[str, int]) -> None:
        super().__init__()
        self.batch = batch
        self.total_rows = batch.summary["rows"]
        self.totals[RowResult.IMPORT_TYPE_NEW] = counts.get("new", 0)
        self.totals[RowResult.IMPORT_TYPE_UPDATE] = counts.get("changed", 0)
        self.totals[RowResult.IMPORT_TYPE_SKIP] = counts.get("same", 0)
        self.totals[RowResult.IMPORT_TYPE_ERROR] = batch.summary["errors"]


class CaseResource(ModelResource):  # type: ignore[misc]  # the library is untyped
    """办结案件: `import_data` dry stores and previews a batch, wet confirms that very batch."""

    class Meta:
        model = Case
        fields = ("serial", "number", "kind", "stage", "closed_on")

    def import_data(self, dataset: Dataset, dry_run: bool = False, **kwargs: Any) -> BatchResult:  # noqa: FBT001, FBT002  # the library's signature
        """Preview (`frame`, `content`, `file_name`, `user`) or confirm (`batch`, `user`).

        Raises `RefusedError` as the actions do; nothing is ever written in part.
        """
        if dry_run:
            batch = upload_file(
                kwargs["frame"],
                content=kwargs["content"],
                data=dataset[WHOLE_FILE][0],
                file_name=kwargs["file_name"],
                by=kwargs["user"],
            )
            return BatchResult(batch, batch.summary.get("compared", {}))
        batch = confirm_import(kwargs["batch"], by=kwargs["user"])
        return BatchResult(batch, batch.summary["stored"])
