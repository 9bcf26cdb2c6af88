"""A Word package after GB/T 9704-2012, part by part, the same bytes every time.

A4, top margin 37 mm, left 28 mm, text 156 × 225 mm, 22 lines of 28 characters; body 3号仿宋,
title 2号小标宋, page number 4号 on the outer side. The fonts are named as in government offices;
the font table names what to take where they are missing.
"""

import io
import zipfile

from evaluations.layouts.styles import FALLBACKS, HEAD, W, styles
from wanzhou_eval.wordfiles import BORN, NO_PROPERTIES

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MARGINS = (
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984"'
    ' w:left="1588" w:header="851" w:footer="1304" w:gutter="0"/>'
)
GRID = '<w:docGrid w:type="lines" w:linePitch="579"/>'
CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def font_table() -> str:
    """The fonts of the documents and what stands in for them."""
    named = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    return f"{HEAD}<w:fonts {W}>{named}</w:fonts>"


def footer(side: str) -> str:
    """— 1 —, one character from the outer edge."""
    other = "right" if side == "right" else "left"
    dash = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    return (
        f'{HEAD}<w:ftr {W}><w:p><w:pPr><w:pStyle w:val="PageNumber"/>'
        f'<w:ind w:{other}Chars="100" w:{other}="280"/><w:jc w:val="{side}"/></w:pPr>'
        + dash.format("— ")
        + '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        + dash.format(" —")
        + "</w:p></w:ftr>"
    )


def document(body: str) -> str:
    """The text with its page: odd pages are numbered on the right, even ones on the left."""
    return (
        f'{HEAD}<w:document {W} xmlns:r="{R}"><w:body>{body}<w:sectPr>'
        '<w:footerReference w:type="default" r:id="rId4"/>'
        f'<w:footerReference w:type="even" r:id="rId5"/>{MARGINS}{GRID}'
        "</w:sectPr></w:body></w:document>"
    )


def package(body: str) -> bytes:
    """The .docx of a text."""
    parts = FIXED_PARTS | {"word/document.xml": document(body)}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(zipfile.ZipInfo(name, BORN), text.encode(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _content_types() -> str:
    kinds = {
        "word/document.xml": f"{CONTENT}.document.main+xml",
        "word/styles.xml": f"{CONTENT}.styles+xml",
        "word/settings.xml": f"{CONTENT}.settings+xml",
        "word/fontTable.xml": f"{CONTENT}.fontTable+xml",
        "word/footer1.xml": f"{CONTENT}.footer+xml",
        "word/footer2.xml": f"{CONTENT}.footer+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    }
    named = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
    )
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{named}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{R}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    if any(target.startswith("docProps") for _, target in targets):
        listed += f'<Relationship Id="rId9" Type="{core}" Target="docProps/core.xml"/>'
    return (
        f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{listed}</Relationships>"
    )


SETTINGS = (
    f'{HEAD}<w:settings {W}><w:zoom w:percent="100"/>'
    '<w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
    '<w:characterSpacingControl w:val="compressPunctuation"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode"'
    ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
)
FIXED_PARTS = {
    "[Content_Types].xml": _content_types(),
    "_rels/.rels": _relations(
        ("officeDocument", "word/document.xml"), ("extended-properties", "docProps/app.xml")
    ),
    "word/_rels/document.xml.rels": _relations(
        ("styles", "styles.xml"),
        ("settings", "settings.xml"),
        ("fontTable", "fontTable.xml"),
        ("footer", "footer1.xml"),
        ("footer", "footer2.xml"),
    ),
    "word/styles.xml": styles(),
    "word/settings.xml": SETTINGS,
    "word/fontTable.xml": font_table(),
    "word/footer1.xml": footer("right"),
    "word/footer2.xml": footer("left"),
    "docProps/app.xml": NO_PROPERTIES["docProps/app.xml"],
    "docProps/core.xml": NO_PROPERTIES["docProps/core.xml"],
}
"""Everything but the text: the same in every template."""
