"""Spaces that nobody sees, shown."""

import pytest

from wanzhou_eval.texts import spaces_shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("李　泉", "李　泉"),
        ("\u3000渝万援刑〔2022〕77号", "␣渝万援刑〔2022〕77号"),
        ("姚临远 \xa0", "姚临远␣␣"),
        ("某\u200b所", "某␣所"),
        ("  ", "␣␣"),
        ("", ""),
    ],
)
def test_edges_and_widthless_characters_are_marked(text: str, shown: str) -> None:
    assert spaces_shown(text) == shown
