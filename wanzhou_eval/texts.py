"""Cleaning of words that came from outside: pure text in, pure text out.

NFKC is used for case numbers and column labels only, never for names: it would rewrite
rare characters of a person's name.
"""

import re
import unicodedata

INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
UNKEPT = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]")
SPACE = re.compile(r"\s+")
IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
PLACEHOLDERS = frozenset(
    {"-", "--", "—", "——", "－", "/", "\\", "／", "无", "暂无", "N/A", "n/a", "NA", "#N/A", "空"}
)

_HALF_BRACKETS = str.maketrans("()", "（）")
_ROLE = re.compile(r"[(（](?:主办|协办|主|辅|实习|主承办人?|协办人?|辅助)[)）]")
_SPLIT = re.compile(r"[、，,;；/／\n\r]+")
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])(?:[1-9]\d{16}[\dXx]|[1-9]\d{14}|1[3-9]\d{9})(?![0-9A-Za-z])"
)


def drop_invisible(text: str) -> str:
    """Without control, zero-width and bidirectional characters; tabs and newlines stay."""
    return INVISIBLE.sub("", text)


def visible(text: str) -> str:
    """As a database can keep it and people can see it: ␀ for the character NUL and so on."""
    return UNKEPT.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def spaces_shown(text: str) -> str:
    """Spaces at either end and characters without width as ␣, for readers to see what changed."""
    edge = len(text) - len(text.lstrip()), len(text.rstrip())
    shown = "␣" * edge[0] + text[slice(*edge)] + "␣" * (len(text) - max(edge))
    return INVISIBLE.sub("␣", shown)


def clean_text(text: str) -> str:
    """Trimmed, no invisible characters, every run of white space one space."""
    return SPACE.sub(" ", drop_invisible(text)).strip()


def squeeze(text: str) -> str:
    """No white space and no invisible characters at all."""
    return SPACE.sub("", drop_invisible(text))


def label(text: str) -> str:
    """The comparison form of a column label: NFKC, no spaces, no bracketed unit, no star."""
    plain = squeeze(unicodedata.normalize("NFKC", text))
    plain = re.sub(r"[(（〔\[【].*?[)）〕\]】]", "", plain)
    return plain.strip("*:：").upper()


def clean_name(text: str) -> str:
    """A person's name: the filler space of 李　泉 removed, a Latin name keeps its spaces."""
    plain = clean_text(text)
    parts = plain.split(" ")
    if len(parts) > 1 and all(IDEOGRAPH.search(part) for part in parts):
        return "".join(parts)
    return plain


def clean_organisation(text: str) -> str:
    """A firm's name: no white space, brackets full width when the name is Chinese."""
    plain = squeeze(text)
    if IDEOGRAPH.search(plain):
        return plain.translate(_HALF_BRACKETS)
    return clean_text(text)


def split_names(text: str) -> tuple[str, ...]:
    """The persons of one cell (廖果、严霜墨), cleaned, in order, without repetition.

    A space separates two persons only when both sides are names of two or more Chinese
    characters: 董　禾 is one person, 廖果 严霜墨 are two.
    """
    names: list[str] = []
    for part in _SPLIT.split(_ROLE.sub("", drop_invisible(text))):
        words = part.split()
        several = len(words) > 1 and all(len(word) >= 2 and IDEOGRAPH.match(word) for word in words)
        names.extend(words if several else [clean_name(part)])
    return tuple(dict.fromkeys(name for name in names if name))


def is_blank(text: str) -> bool:
    """Empty, or one of the signs clerks put for nothing (-, 无, N/A …)."""
    plain = squeeze(text)
    return not plain or plain in PLACEHOLDERS


def mask_identity(text: str) -> str:
    """Identity-card and mobile numbers inside free text replaced by ［已隐去］ (PIPL art. 28)."""
    return _IDENTITY.sub("［已隐去］", text)


def mask_number(text: str) -> str:
    """An identity or telephone number of which only the ends show: 500···9474."""
    plain = squeeze(text).lstrip("'‘’`")
    return f"{plain[:3]}···{plain[-4:]}" if len(plain) > 10 else "［已隐去］"


def organisation_key(text: str) -> str:
    """What two spellings of one organisation share: the cleaned name, NFKC, upper case."""
    return unicodedata.normalize("NFKC", clean_organisation(text)).upper()
