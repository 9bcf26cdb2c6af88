"""Old .xls and .ods files: read by calamine in a child process with limits.

calamine is quick but native code; a crafted file aborts its process. The child gets the
bytes on standard input, returns JSON, and may use 1 GB and 10 seconds of CPU.
"""

import hashlib
import json
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from wanzhou_eval.texts import visible
from wanzhou_eval.workbooks.guard import refuse
from wanzhou_eval.workbooks.marks import Marks
from wanzhou_eval.workbooks.model import Cell, Merge, Sheet, Workbook, padded
from wanzhou_eval.workbooks.numbers import number

CHILD = Path(__file__).with_name("calamine_child.py")
SECONDS = 30


def read_foreign(data: bytes, *, kind: str, marks: Marks) -> Workbook:
    """Read .xls or .ods bytes; `marks` adds what the child cannot tell.

    Raises RefusedError when the child fails or says why.
    """
    try:
        done = subprocess.run(  # noqa: S603  # our own script, bytes on standard input
            [sys.executable, "-I", str(CHILD)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refuse(_sentence(kind, "读取超时")) from error
    if done.returncode == 3:
        raise refuse(done.stdout.decode("utf-8"))
    if done.returncode != 0:
        raise refuse(_sentence(kind, "文件损坏、加了密码或不是真正的表格"))
    found = json.loads(done.stdout)
    hidden = marks.hidden if len(marks.hidden) == len(found) else [frozenset()] * len(found)
    sheets = tuple(_sheet(each, rows) for each, rows in zip(found, hidden, strict=True))
    return Workbook(sheets, hashlib.sha256(data).hexdigest(), kind, marks.date1904)


def _sentence(kind: str, why: str) -> str:
    return f"这个 .{kind} 文件读不出来（{why}）：请在 Excel 或 WPS 中另存为 .xlsx 后再上传。"


def _sheet(found: dict[str, Any], hidden: frozenset[int]) -> Sheet:
    rows: list[tuple[int, list[Cell], bool]] = [
        (int(position), [_cell(value) for value in values], int(position) in hidden)
        for position, values in found["rows"]
    ]
    merges = tuple(Merge(*edges) for edges in found["merges"])
    name = visible(str(found["name"]))
    padded_rows, width = padded(rows, name)
    return Sheet(name, padded_rows, merges, bool(found["hidden"]), width)


def _cell(value: object) -> Cell:
    if not isinstance(value, list):
        return value if isinstance(value, (str, bool)) else None
    kind, text = value
    if kind == "n":
        return number(text)
    if kind == "D":
        return date.fromisoformat(text)
    if kind == "T":
        return datetime.fromisoformat(text)
    return Decimal(text)
