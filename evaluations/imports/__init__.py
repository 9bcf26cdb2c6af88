"""What comes in for a yearly evaluation: the workbook of a scoring standard. Reading only."""

from evaluations.imports.bands import Band
from evaluations.imports.deductions import ParsedReason, parse_listed, parse_rule
from evaluations.imports.standard import (
    StandardItem,
    StandardReading,
    VetoItem,
    read_standard,
)

__all__ = [
    "Band",
    "ParsedReason",
    "StandardItem",
    "StandardReading",
    "VetoItem",
    "parse_listed",
    "parse_rule",
    "read_standard",
]
