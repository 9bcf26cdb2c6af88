"""The built-in Word templates: each renders, is what its layout draws, and keeps to GB/T 9704."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from evaluations.layouts.book import LAYOUTS, build
from evaluations.queries.documents import BUILT_IN, built_in
from evaluations.rules.document_fields import FIELDS
from evaluations.rules.documents import DocumentKind, examples_of, names_of
from wanzhou_eval.wordchecks import check_template
from wanzhou_eval.wordfiles import WordTemplate

KINDS = list(DocumentKind)
CONDITIONS = {"写承办人"}
"""Fields that decide what stands there and are not shown."""


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def texts(data: bytes) -> str:
    """Every word of a document, tables included, one line for each paragraph."""
    return "\n".join(each.text or "" for each in _paragraphs(data))


def _paragraphs(data: bytes) -> list[Paragraph]:
    body = docx.Document(io.BytesIO(data))
    elements = body.element.body.iter(qn("w:p"))
    return [Paragraph(each, body) for each in elements]


def test_every_document_has_a_layout_fields_and_a_file() -> None:
    assert set(LAYOUTS) == set(FIELDS) == set(DocumentKind)
    files = {path.stem for path in BUILT_IN.glob("*.docx")}
    assert files == {kind.value for kind in DocumentKind}


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_what_the_layout_draws(kind: DocumentKind) -> None:
    """Whoever changes a layout runs `manage.py build_documents`."""
    assert parts(built_in(kind).data) == parts(build(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_it_passes_its_own_check_and_uses_every_field(kind: DocumentKind) -> None:
    check_template(built_in(kind).data, names_of(FIELDS[kind]))
    source = WordTemplate(built_in(kind).data).sources["word/document.xml"]
    unused = [field.name for field in FIELDS[kind] if field.name not in source]
    assert unused == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_specimen_shows_every_example(kind: DocumentKind) -> None:
    data = WordTemplate(built_in(kind).data).fill(examples_of(FIELDS[kind]))
    shown = texts(data)
    assert "{{" not in shown
    assert "{%" not in shown
    columns = [column for field in FIELDS[kind] for column in field.columns]
    single = [field for field in FIELDS[kind] if not field.columns]
    told = [field for field in (*columns, *single) if field.name not in CONDITIONS]
    missing = [field.name for field in told if str(field.sample) not in shown]
    assert missing == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_that_of_the_standard(kind: DocumentKind) -> None:
    page = docx.Document(io.BytesIO(built_in(kind).data)).sections[0]
    margins = (page.top_margin, page.right_margin, page.bottom_margin, page.left_margin)
    top, right, bottom, left = (round((each or 0) / Mm(1)) for each in margins)
    assert (top, left) == (37, 28)
    width, height = (round((each or 0) / Mm(1)) for each in (page.page_width, page.page_height))
    assert (width, height) == (210, 297)
    assert (width - left - right, height - top - bottom) == (156, 225)
    kept = parts(built_in(kind).data)
    styles = kept["word/styles.xml"].decode()
    assert 'w:eastAsia="仿宋_GB2312"' in styles.split("</w:docDefaults>")[0]
    assert '<w:sz w:val="32"/>' in styles.split("</w:docDefaults>")[0]
    title = styles.split('w:styleId="Title"')[1].split("</w:style>")[0]
    assert 'w:eastAsia="方正小标宋简体"' in title
    assert '<w:sz w:val="44"/>' in title
    assert 'w:altName w:val="仿宋' in kept["word/fontTable.xml"].decode()
    for side in ("1", "2"):
        assert " PAGE " in kept[f"word/footer{side}.xml"].decode()
