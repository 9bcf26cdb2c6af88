"""Reading the result texts of draws: sections of TAB rows, as LAQD/1 writes them (draw.md §2.7)."""

from functools import lru_cache

Sections = dict[str, list[list[str]]]


@lru_cache(maxsize=32)
def sections_of(text: str) -> Sections:
    """Rows of each `[section]` of a result or freeze text; headers are left out.

    Cached because a text never changes and the projector asks every second.
    """
    found: Sections = {}
    rows: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]") and "\t" not in line:
            rows = found.setdefault(line[1:-1], [])
        elif found and line:
            rows.append(line.split("\t"))
    return found


def headers_of(text: str) -> dict[str, str]:
    """The `key=value` lines before the first section."""
    headers: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        key, equals, value = line.partition("=")
        if line.startswith("[") or not equals:
            break
        headers[key] = value
    return headers


def whole_frame(size: int, eligible: int) -> str:
    """Why the rule's size is what it is where there are no more cases to take (article 4)."""
    return "（可抽的只有这些，全部抽取）" if size == eligible else ""
