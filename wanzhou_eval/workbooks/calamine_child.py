"""The child process of `foreign`: bytes in, JSON out, under limits of memory and CPU.

Exit codes: 0 JSON on standard output, 3 a Chinese sentence on standard output.
"""

import datetime
import io
import json
import resource
import sys

MEMORY = 1024**3
CPU_SECONDS = 10
MAX_ROWS = 100_100
MAX_COLUMNS = 400


def cell(value: object) -> object:
    """One value as JSON: text and booleans bare, numbers and dates tagged."""
    if isinstance(value, (bool, str)):
        return value if str(value).strip() else None
    if isinstance(value, (int, float)):
        return ["n", repr(value)]
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return ["D", value.date().isoformat()]
        return ["T", value.isoformat()]
    if isinstance(value, datetime.date):
        return ["D", value.isoformat()]
    return str(value)


def refuse(sentence: str) -> None:
    """End with the sentence for the user."""
    sys.stdout.buffer.write(sentence.encode("utf-8"))
    sys.exit(3)


def sheet(book: object, position: int, meta: object) -> dict[str, object]:
    """One sheet: rows in use with their numbers, merges and the hidden mark."""
    found = book.get_sheet_by_index(position)  # type: ignore[attr-defined]
    name = meta.name  # type: ignore[attr-defined]
    rows: list[list[object]] = []
    for number, values in enumerate(found.to_python(skip_empty_area=False), start=1):
        cells = [cell(value) for value in values]
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            refuse(f"工作表“{name}”第 {number} 行超出 {MAX_COLUMNS} 列的上限：请删去多余的列。")
        if cells:
            rows.append([number, cells])
        if len(rows) > MAX_ROWS:
            refuse(f"工作表“{name}”超过 {MAX_ROWS} 行：请按月份分成几个文件导入。")
    merges = [[a[0] + 1, a[1], b[0] + 1, b[1]] for a, b in found.merged_cell_ranges or []]
    hidden = "visible" not in str(meta.visible).lower() or "hidden" in str(meta.visible).lower()  # type: ignore[attr-defined]
    return {"name": name, "rows": rows, "merges": merges, "hidden": hidden}


def main() -> None:
    """Read standard input, write standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  # after the limits

    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = [
        sheet(book, position, meta)
        for position, meta in enumerate(book.sheets_metadata)
        if "worksheet" in str(meta.typ).lower()
    ]
    sys.stdout.write(json.dumps(sheets, ensure_ascii=True))


if __name__ == "__main__":
    main()
