"""What came in: ledger and exclusion list → typed rows or the full list of findings.

Reading only; storing is `cases.actions`.
"""

from cases.imports.cells import Options
from cases.imports.exclusions import ExclusionReading, ExclusionRow, read_exclusions
from cases.imports.fields import FIELDS
from cases.imports.ledger import read_ledger
from cases.imports.mapping import SheetColumns, SheetMapping, Told, Words
from cases.imports.reading import CaseRow, LedgerReading, Totals

__all__ = [
    "FIELDS",
    "CaseRow",
    "ExclusionReading",
    "ExclusionRow",
    "LedgerReading",
    "Options",
    "SheetColumns",
    "SheetMapping",
    "Told",
    "Totals",
    "Words",
    "read_exclusions",
    "read_ledger",
]
