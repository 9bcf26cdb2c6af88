"""Ledgers of 20,000 and 100,000 rows: the ledger of 2022 again and again, every case its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.floors import copy_ledger
from tests.bench.measure import Row, compare, row
from tests.bench.population import import_once
from tests.workbook_samples import LEDGER, part, repacked, with_shared_strings

SHEET = "xl/worksheets/sheet1.xml"
ROWS = re.compile(r'<row r="\d+"[^>]*><c r="A\d+"[^>]*><v>\d+</v></c><c r="B\d+".*?</row>', re.S)
GIVEN = "明华强芳丽军平勇艳杰涛超玲桂英"
MEMORY_GOAL = 300.0


@cache
def ledger_of(count: int) -> bytes:
    """A ledger of that many cases, with numbers, recipients and identity numbers of their own."""
    xml = part(LEDGER.read_bytes(), SHEET).decode()
    start, end = xml.index('<row r="4"'), xml.index("</sheetData>")
    kinds = [found[0] for found in ROWS.finditer(xml, start, end)]
    rows = "".join(another(kinds[n % len(kinds)], n) for n in range(count))
    tail = re.sub("<mergeCells.*?</mergeCells>", "", xml[end:], flags=re.S)
    data = repacked(LEDGER.read_bytes(), change={SHEET: (xml[:start] + rows + tail).encode()})
    return with_shared_strings(data)


def another(kind: str, n: int) -> str:
    """The row of a case as the row of case `n`."""
    texts = {
        "B": f"渝万援民〔2022〕{n + 1}号",
        "H": "赵钱孙李周吴郑王"[n % 8] + GIVEN[n // 8 % 15] + GIVEN[n // 120 % 15],
        "J": f"5000001970{n:08d}",
    }
    moved = re.sub(r'( r="[A-Z]*)\d+"', rf'\g<1>{n + 4}"', kind)
    moved = moved.replace("<v>", f"<v>{n + 1}<!", 1)
    moved = re.sub(r"<!\d+</v>", "</v>", moved, count=1)
    for column, text in texts.items():
        cell = rf'(<c r="{column}{n + 4}"[^>]*><is><t[^>]*>)[^<]*'
        moved = re.sub(cell, rf"\g<1>{text}", moved, count=1)
    return moved


def import_large() -> Iterator[Row]:
    """P1 at 20,000 and 100,000 rows: ratio to the floor, cost of a row, peak memory."""
    spent = {}
    for count in (20_000, 100_000):
        data = ledger_of(count)
        pair = compare(
            partial(import_once, data, count), partial(copy_ledger, data), rounds=1, times=1
        )
        spent[count] = pair[0] / count
        yield row(f"P1 导入 {count:,} 行", pair, goal=1.7)
    growth = spent[100_000] / spent[20_000]
    each = [f"{spent[count] * 1e6:.0f} 微秒" for count in (100_000, 20_000)]
    yield Row("P1 每行用量，100,000 比 20,000 行", each[0], each[1], growth, 1.2)
    peak = peak_memory(ledger_of(100_000))
    yield Row("P1 导入 100,000 行的内存峰值", f"{peak:.0f} MB", "—", peak, MEMORY_GOAL, unit=" MB")


def peak_memory(data: bytes) -> float:
    """Megabytes that a process of its own holds at most while it imports; nothing is kept."""
    code = (
        "import sys, django; django.setup()\n"
        "from pathlib import Path\n"
        "from tests.bench.population import import_once\n"
        "import_once(Path(sys.argv[1]).read_bytes(), int(sys.argv[2]))\n"
        "print(Path('/proc/self/status').read_text())\n"
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "台账.xlsx"
        file.write_bytes(data)
        done = subprocess.run(
            [sys.executable, "-c", code, str(file), "100000"],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "wanzhou_eval.settings"},
            check=True,
            capture_output=True,
            text=True,
        )
    found = re.search(r"VmHWM:\s+(\d+) kB", done.stdout)
    assert found
    return int(found[1]) / 1024
