"""二维码 as inline SVG: drawn here, so that no page asks another machine for a picture."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import segno
from django import template

register = template.Library()
QUIET = 4
"""Light modules around the code, as ISO/IEC 18004 asks."""


@register.inclusion_tag("components/qr.html")
def qr(text: str, label: str) -> dict[str, object]:
    """Draw `text` (ASCII) as a QR code of middle correction; `label` says what is in it."""
    side, path = drawn(text)
    return {"label": label, "side": side, "path": path}


@lru_cache(maxsize=64)
def drawn(text: str) -> tuple[int, str]:
    """Side and path of a code; to find it takes longer than the page around it, and it stays."""
    matrix = segno.make_qr(text, error="m", boost_error=False).matrix
    return len(matrix) + 2 * QUIET, "".join(_dark_runs(matrix))


def _dark_runs(matrix: Sequence[Sequence[int]]) -> Iterator[str]:
    """One rectangle for each run of dark modules in a line."""
    for line, row in enumerate(matrix):
        start = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                yield f"M{start + QUIET} {line + QUIET}h{width}v1h-{width}z"
            start += width
