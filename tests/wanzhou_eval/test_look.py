"""What the look promises: one layered sheet, colours as tokens, small files, readable pairs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "wanzhou_eval" / "static"
CSS = STATIC / "ui.css"
LAYERS = ["tokens", "base", "layout", "parts", "screens", "print"]
HEX = re.compile(r"#[0-9A-Fa-f]{3,8}\b")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted((STATIC / "js").glob("*.js"))

# Text on ground; the last number is the least contrast (WCAG 2.2 AA: text 4.5, controls 3).
PAIRS = [
    ("ink-900", "paper-0", 4.5),
    ("ink-700", "paper-0", 4.5),
    ("ink-700", "paper-100", 4.5),
    ("ink-500", "paper-0", 4.5),
    ("ink-500", "paper-50", 4.5),
    ("ink-500", "paper-100", 4.5),
    ("ink-500", "blue-50", 4.5),
    ("ink-900", "warn-25", 4.5),
    ("paper-0", "blue-700", 4.5),
    ("paper-0", "blue-800", 4.5),
    ("paper-0", "ink-700", 4.5),
    ("blue-800", "blue-100", 4.5),
    ("blue-800", "blue-50", 4.5),
    ("blue-700", "paper-0", 4.5),
    ("blue-700", "paper-50", 4.5),
    ("seal-700", "paper-0", 4.5),
    ("seal-700", "seal-50", 4.5),
    ("ok-700", "paper-0", 4.5),
    ("ok-700", "ok-50", 4.5),
    ("warn-700", "paper-0", 4.5),
    ("warn-700", "warn-50", 4.5),
    ("paper-0", "g1", 4.5),
    ("ink-900", "g2", 4.5),
    ("g3-text", "paper-0", 4.5),
    ("line-500", "paper-0", 3),
    ("line-500", "paper-100", 3),
    ("focus", "paper-0", 3),
    ("focus", "paper-100", 3),
    ("focus", "blue-50", 3),
]


def css() -> str:
    """The sheet without comments."""
    return re.sub(r"/\*.*?\*/", "", CSS.read_text(encoding="utf-8"), flags=re.S)


def blocks(text: str) -> list[tuple[str, str]]:
    """Cut style text into its outermost (prelude, body) pairs; a statement has an empty body."""
    found, depth, prelude, start = [], 0, "", 0
    for at, sign in enumerate(text):
        if sign == "{":
            if depth == 0:
                prelude, start = text[start:at].strip(), at + 1
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                found.append((prelude, text[start:at]))
                start = at + 1
        elif sign == ";" and depth == 0:
            found.append((text[start:at].strip(), ""))
            start = at + 1
    assert depth == 0, "a brace is missing"
    return found


def packed(paths: list[Path]) -> int:
    """Bytes after gzip, each file on its own, as the server sends them."""
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def tokens() -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})\b", css()))


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_rule_stands_in_a_layer_and_the_layers_in_order() -> None:
    first, *rest = blocks(css())
    assert first == ("@layer " + ", ".join(LAYERS), "")
    assert [prelude for prelude, _ in rest] == [f"@layer {name}" for name in LAYERS]


def test_colours_stand_only_in_the_tokens_layer() -> None:
    inside = dict(blocks(css()))
    assert HEX.search(inside["@layer tokens"])
    strays = {
        name: HEX.findall(inside[f"@layer {name}"])
        + re.findall(r"\b(?:rgba?|hsla?|color-mix|oklch)\(", inside[f"@layer {name}"])
        for name in LAYERS[1:]
    }
    assert strays == {name: [] for name in LAYERS[1:]}


def test_every_token_used_is_defined() -> None:
    text = css()
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) - defined == set()


def test_no_nested_rules_because_chromium_109_ignores_them() -> None:
    nested = [
        (outer, prelude)
        for layer, body in blocks(css())
        for outer, inner in blocks(body)
        if not outer.startswith("@")
        for prelude, deep in blocks(inner)
        if deep
    ]
    assert nested == []


@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str, least: float) -> None:
    colours = tokens()
    assert contrast(colours[text], colours[ground]) >= least


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_files_stay_small() -> None:
    assert packed([CSS]) <= 12 * 1024
    assert packed(MODULES) <= 25 * 1024


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tag_text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    assert re.findall(r"<[^>]*\sstyle\s*=", tag_text) == []
    assert re.findall(r"<style\b", tag_text) == []
    assert re.findall(r"<[^>]*\son[a-z]+\s*=", tag_text) == []
    scripts = re.findall(r"<script\b[^>]*>(.*?)</script>", text, flags=re.S)
    assert [inside for inside in scripts if inside.strip()] == []
    assert "|safe" not in text
    assert len(text.splitlines()) <= 100


@pytest.mark.parametrize("path", sorted((ROOT / "templates" / "components").glob("*.html")))
def test_a_component_names_its_parameters_in_its_first_line(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("{% comment %}")


def test_the_errors_of_a_form_are_summed_up_once() -> None:
    form, errors = (rf'components/{name}\.html" with \w*=?(\w+)' for name in ("form", "errors"))
    twice = {}
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8").replace("errors=", "form=").replace(".errors", "")
        twice[path.name] = set(re.findall(form, text)) & set(re.findall(errors, text))
    assert {name: both for name, both in twice.items() if both} == {}


def test_words_never_exclaim_nor_flatter() -> None:
    said = {
        path.name: re.findall(r"[！]|您|亲爱", path.read_text(encoding="utf-8"))
        for path in [*TEMPLATES, *MODULES]
    }
    assert {name: hits for name, hits in said.items() if hits} == {}
