"""Reading small ledgers in tests."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cases.imports import LedgerReading, Options, read_ledger
from tests.workbook_samples import xlsx
from wanzhou_eval.workbooks import read_workbook

TODAY = date(2022, 8, 22)


def read(
    *sheets: Sequence[Sequence[object]], names: Sequence[str] = (), **more: Any
) -> LedgerReading:
    """The reading of an .xlsx with these sheets; `more` goes to the options, `told` apart."""
    return read_bytes(xlsx(*sheets, names=names), **more)


def read_bytes(data: bytes, **more: Any) -> LedgerReading:
    """The reading of a file."""
    told = more.pop("told", None)
    return read_ledger(read_workbook(data), options=Options(today=TODAY, **more), told=told)


def found(reading: LedgerReading) -> list[tuple[str, str, int, str]]:
    """Level, code, row and column of every finding."""
    return [(f.level.value, f.code, f.row, f.column) for f in reading.findings]
