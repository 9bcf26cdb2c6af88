"""Pieces of a Word document: runs, paragraphs and tables in the named styles of `package`."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

TEXT_WIDTH = 8844
"""156 mm, the width of the text area, in twentieths of a point."""
MM = 56.693
MIDDLE = '<w:vAlign w:val="center"/>'
Column = tuple[str, str, float, str]
"""Of a list: head, field of the row, share of the width, and l text, r figures or c middle."""
CELLS = {"l": "Cell", "r": "CellNumber", "c": "CellMiddle"}


def run(text: str, *, style: str = "") -> str:
    """A run of text, in a character style where one is named."""
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(text).split("\n"))
    return f'<w:r>{properties}<w:t xml:space="preserve">{lines}</w:t></w:r>'


def para(text: str = "", *, style: str = "Body", inner: str = "") -> str:
    """A paragraph of a style; `inner` are ready runs instead of a text."""
    runs = inner or (run(text) if text else "")
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def labelled(label: str, text: str) -> str:
    """A paragraph that begins with its subject in 黑体."""
    return para(inner=run(label, style="Strong") + run(text))


def when(condition: str, *pieces: str) -> str:
    """Pieces that stand there only when a field is filled."""
    return para(f"{{%p if {condition} %}}") + "".join(pieces) + para("{%p endif %}")


def for_each(table: str, *pieces: str) -> str:
    """Paragraphs repeated for every row of a table."""
    return para(f"{{%p for 行 in {table} %}}") + "".join(pieces) + para("{%p endfor %}")


def cell(text: str, width: int, *, style: str = "Cell", span: int = 1) -> str:
    """A cell of a table; new lines become paragraphs."""
    spanning = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanning}{MIDDLE}</w:tcPr>'
    lines = "".join(para(line, style=style) for line in text.split("\n"))
    return f"<w:tc>{properties}{lines}</w:tc>"


def row(cells: Iterable[str], *, head: bool = False, height: int = 0) -> str:
    """A row that stays on one page; a head is repeated on every page."""
    properties = "<w:cantSplit/>"
    if height:
        properties += f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>'
    if head:
        properties += "<w:tblHeader/>"
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(rows: Iterable[str], widths: Sequence[int], *, style: str = "Lines") -> str:
    """A table of fixed columns over the whole width of the text."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        '<w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{para(style='Gap')}"
    )


def columns(*shares: float) -> list[int]:
    """The widths of columns from their shares; together they fill the text area."""
    widths = [round(TEXT_WIDTH * share / sum(shares)) for share in shares]
    return [*widths[:-1], TEXT_WIDTH - sum(widths[:-1])]


def list_table(
    name: str, *listed: Column, small: bool = False, height: int = 0, foot: Sequence[str] = ()
) -> str:
    """A table with one row for every row of the field `name`; `foot` are ready rows below."""
    heads, fields, shares, kinds = zip(*listed, strict=True)
    widths = columns(*shares)
    prefix = "Small" if small else ""
    head = cells(heads, widths, [f"{prefix}CellHead"] * len(listed))
    opening = row([cell(f"{{%tr for 行 in {name} %}}", TEXT_WIDTH, span=len(listed))])
    closing = row([cell("{%tr endfor %}", TEXT_WIDTH, span=len(listed))])
    filled = cells([field_of(each) for each in fields], widths, [prefix + CELLS[k] for k in kinds])
    rows = [row(head, head=True), opening, row(filled, height=height), closing, *foot]
    return table(rows, widths)


def field_of(name: str) -> str:
    """A column of the row at hand, "#" its number, "" an empty cell to write in."""
    return "{{ loop.index }}" if name == "#" else f"{{{{ 行.{name} }}}}" if name else ""


def cells(texts: Sequence[str], widths: Sequence[int], styles: Sequence[str]) -> list[str]:
    """The cells of a row."""
    return [
        cell(text, width, style=style)
        for text, width, style in zip(texts, widths, styles, strict=True)
    ]


def facts(*pairs: tuple[str, str], per_row: int = 2) -> str:
    """A table of labels and values, one or two pairs in a row; a short last row is spread."""
    widths = columns(1, 5.2) if per_row == 1 else columns(0.9, 1.75, 0.9, 2.65)
    rows = []
    for start in range(0, len(pairs), per_row):
        group = pairs[start : start + per_row]
        cells = []
        for place, (name, text) in enumerate(group):
            left = 2 * (per_row - len(group)) if place == len(group) - 1 else 0
            wide = sum(widths[2 * place + 1 : 2 * place + 2 + left])
            cells.append(cell(name, widths[2 * place], style="SmallCellHead"))
            cells.append(cell(text, wide, style="SmallCell", span=1 + left))
        rows.append(row(cells))
    return table(rows, widths)


def signatures(*labels: str, height: int = 900) -> str:
    """Boxes to sign in, with what each is for."""
    widths = columns(*([1.0] * len(labels)))
    heads = (
        cell(text, width, style="SmallCellSign") for text, width in zip(labels, widths, strict=True)
    )
    space = (cell("", width, style="SmallCell") for width in widths)
    return table([row(heads), row(space, height=height)], widths)
