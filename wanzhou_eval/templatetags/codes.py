"""二维码 as inline SVG: drawn here, so that no page asks another machine for a picture."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
QUIET = 4
"""Light modules around the code, as ISO/IEC 18004 asks."""


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """Draw `text` (ASCII) as a QR code of middle correction; `label` says what is in it."""
    code = segno.make_qr(text, error="m", boost_error=False)
    path = "".join(_dark_runs(code.matrix))
    side = len(code.matrix) + 2 * QUIET
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}">'
        '<path d="{}" shape-rendering="crispEdges"/></svg>',
        label,
        side,
        side,
        path,
    )


def _dark_runs(matrix: Sequence[Sequence[int]]) -> Iterator[str]:
    """One rectangle for each run of dark modules in a line."""
    for line, row in enumerate(matrix):
        start = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                yield f"M{start + QUIET} {line + QUIET}h{width}v1h-{width}z"
            start += width
