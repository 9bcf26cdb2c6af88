"""案号: the normal form of a case number, and the look-alikes it must not collide with."""

import re
import unicodedata

from wanzhou_eval.texts import squeeze

_OPENING = dict.fromkeys("[({【﹝［（｛〔", "〔")
_CLOSING = dict.fromkeys("])}】﹞］）｝〕", "〕")
_TO_HEXAGON = str.maketrans({**_OPENING, **_CLOSING})
_TO_ROUND = str.maketrans({**dict.fromkeys(_OPENING, "("), **dict.fromkeys(_CLOSING, ")")})
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_CLEAN = re.compile("[\u4e00-\u9fff]+〔[1-9][0-9]{3}〕[1-9][0-9]*号")
_LEGAL = re.compile(
    r"[-0-9A-Za-z._/()\[\]·〇【】〔〕（）\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]{1,64}"
)
LONGEST = 64
_SIGNS = re.compile("[第字号〔〕()_./·-]+")


def case_key(text: str) -> str:
    """The key by which two spellings are the same case.

    NFKC; no white space, zero-width or control characters; every bracket a hexagonal one;
    no 第; no leading zeros in a run of digits; upper case.
    """
    if is_clean_number(text):
        return text
    plain = squeeze(unicodedata.normalize("NFKC", text)).translate(_TO_HEXAGON)
    return _ZEROS.sub("", plain.replace("第", "")).upper()


def is_clean_number(text: str) -> bool:
    """Whether a number already has the form that is kept: 渝万援民〔2021〕1161号."""
    return _CLEAN.fullmatch(text) is not None and "第" not in text and len(text) <= LONGEST


def is_legal_number(text: str) -> bool:
    """Whether the draw's list may carry it: the ITEM characters of LAQD/1, 1 to 64 of them."""
    return bool(_LEGAL.fullmatch(text))


def canonical_number(text: str) -> str:
    """The one spelling kept and drawn: 渝万援民〔2021〕1161号.

    Raises ValueError when what is left is empty, longer than 64 or holds characters that
    the draw's list does not allow.
    """
    key = case_key(text)
    if not is_legal_number(key):
        raise ValueError(f"not a case number: {key!r}")
    return key


def skeleton(text: str) -> str:
    """What must differ between two numbers of one list (draw specification LAQD/1 §2.1).

    NFKC and casefold, no white space or zero-width characters, brackets round, leading
    zeros dropped.
    """
    if _CLEAN.fullmatch(text):
        return text.replace("〔", "(").replace("〕", ")")
    plain = squeeze(unicodedata.normalize("NFKC", text)).translate(_TO_ROUND)
    return _ZEROS.sub("", plain.casefold())


def near_skeleton(text: str) -> str:
    """A looser form for warnings: no 第, 字, 号, brackets, punctuation; O is 0, l and I are 1."""
    return loosen(skeleton(text))


def loosen(skeleton_text: str) -> str:
    """The near skeleton of what is a skeleton already."""
    plain = _SIGNS.sub("", skeleton_text)
    return plain.replace("o", "0").replace("〇", "0").replace("i", "1").replace("l", "1")


def spelling_changes(text: str) -> str:
    """Which rules turn `text` into its key, for the cleaning ledger; "" when none."""
    wide = unicodedata.normalize("NFKC", text)
    bare = squeeze(wide)
    zeros = _ZEROS.sub("", bare.replace("第", ""))
    changes = (
        ("去空白", squeeze(text) != text),
        ("全角改半角", any("０" <= letter <= "ｚ" for letter in text)),
        ("括号统一为〔〕", squeeze(text).translate(_TO_HEXAGON) != squeeze(text)),
        ("去“第”字", "第" in bare),
        ("去前导零", zeros != bare.replace("第", "")),
        ("改大写", zeros.upper() != zeros),
    )
    return "、".join(name for name, applies in changes if applies)
