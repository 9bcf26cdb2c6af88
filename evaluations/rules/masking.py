"""隐名: what the public sees of a 受援人, and a scan for what must not be left in a text.

After the Supreme People's Court's rules on published judgments: the surname stays and the given
name becomes 某; of a minority or foreign name the first character stays; equal masks are
numbered. Every line is numbered for itself, since the ledger cannot tell namesakes from one
person, and a shared number would tie cases together in public.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SURNAMES_OF_TWO = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
    "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
    "段干百里呼延东郭南门羊舌微生梁丘左丘东门西门第五纳兰完颜耶律叶赫"
)
COMPOUND_SURNAMES = frozenset(SURNAMES_OF_TWO[i : i + 2] for i in range(0, len(SURNAMES_OF_TWO), 2))
MIDDLE_DOTS = "·•‧・･"
SOME = "某"
GROUP_TAIL = re.compile(r"等(?:\d+|[一二三四五六七八九十百]+)?(?:人|名)?$")
SEPARATORS = re.compile(r"[、，,;；/\n]+")
NUMBERED = re.compile(r"(.*某)(等.*)?", re.DOTALL)

DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
IDENTITY_18 = re.compile(rf"(?<!\d)\d{{6}}[ -]?(?:19|20)\d\d[ -]?{DAY}[ -]?\d{{3}}[\dXx](?!\d)")
IDENTITY_15 = re.compile(r"(?<!\d)\d{15}(?!\d)")
BANK_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![\dXx])")
MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
LANDLINE = re.compile(r"(?<!\d)0\d{2,3}(?:-|—|–| )?\d{7,8}(?!\d)")
FINGERPRINT = re.compile(r"(?<![0-9A-Za-z])(?=\d*[a-f])[0-9a-f]{32,}(?![0-9A-Za-z])")
INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
BLANKS = re.compile(r"[^\S\n]+")


class Kind(StrEnum):
    """What was left in a text."""

    NAME = "name"
    IDENTITY = "identity"
    PHONE = "phone"
    BANK_CARD = "bank_card"

    @property
    def label(self) -> str:
        """The kind as people read it."""
        return {"name": "姓名", "identity": "证件号", "phone": "电话", "bank_card": "银行卡号"}[
            self.value
        ]


@dataclass(frozen=True, kw_only=True, order=True)
class Residual:
    """Something that blocks publication: on which line of the text, and what."""

    line: int
    kind: Kind
    text: str

    @property
    def sentence(self) -> str:
        """Where it is and what to do, without repeating it: sentences are kept in the trail."""
        shown = mask_name(self.text) if self.kind is Kind.NAME else f"{self.text[:3]}…"
        return f"第{self.line}行还有{self.kind.label}（{shown}），请隐去后再公布。"


def mask_name(name: str) -> str:
    """One person's name with the given name hidden: 张某, 欧阳某, 买某; empty stays empty."""
    squeezed = INVISIBLE.sub("", unicodedata.normalize("NFKC", name)).strip()
    if squeezed.isascii():
        return squeezed[:1].upper()
    foreign = any(dot in name for dot in MIDDLE_DOTS)
    compact = "".join(squeezed.split())
    if not foreign and compact[:2] in COMPOUND_SURNAMES and len(compact) > 2:
        return compact[:2] + SOME
    return compact[0] + SOME


def mask_recipient(text: str) -> str:
    """受援人 of a case as the ledger has it: one name, several, or 某某等6人."""
    tail = GROUP_TAIL.search(text.strip())
    names = text.strip()[: tail.start()] if tail else text
    masked = "、".join(mask_name(name) for name in SEPARATORS.split(names) if name.strip())
    return masked + (tail.group() if tail else "")


def mask_all(recipients: Sequence[str]) -> list[str]:
    """Masked in the given order; masks that occur more than once are numbered from 1 on."""
    masked = [mask_recipient(text) for text in recipients]
    often = Counter(masked)
    seen: Counter[str] = Counter()
    numbered = []
    for text in masked:
        seen[text] += 1
        numbered.append(_numbered(text, seen[text]) if text and often[text] > 1 else text)
    return numbered


def _numbered(text: str, number: int) -> str:
    found = NUMBERED.fullmatch(text)
    return f"{found[1]}{number}{found[2] or ''}" if found else f"{text}{number}"


def residuals(
    text: str, *, known_names: Iterable[str] = (), allowed: Collection[str] = ()
) -> tuple[Residual, ...]:
    """What is left of names, identity, telephone and bank numbers, in the order of the lines.

    Spaces inside names and digits, full-width digits and invisible characters hide nothing.
    `allowed` are texts that are meant to be public, such as the office's own telephone.
    """
    names = _by_length({_squeezed(name) for name in known_names} - {""})
    permitted = {_squeezed(entry) for entry in allowed}
    found = []
    for number, line in enumerate(unicodedata.normalize("NFKC", text).split("\n"), start=1):
        compact = _squeezed(line)
        found += [_residual(number, Kind.NAME, name) for name in _names_in(compact, names)]
        found += [
            _residual(number, kind, value)
            for kind, value in _numbers(line)
            if _squeezed(value) not in permitted
        ]
    return tuple(sorted(found))


def _by_length(names: Iterable[str]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for name in names:
        found.setdefault(len(name), set()).add(name)
    return found


def _names_in(line: str, names: dict[int, set[str]]) -> set[str]:
    """Names that occur in the line: its parts are looked up, however many names there are."""
    return {
        part
        for length, known in names.items()
        for start in range(len(line) - length + 1)
        if (part := line[start : start + length]) in known
    }


def _residual(line: int, kind: Kind, text: str) -> Residual:
    return Residual(line=line, kind=kind, text=text)


def _squeezed(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return BLANKS.sub("", INVISIBLE.sub("", plain)).strip()


def _numbers(line: str) -> list[tuple[Kind, str]]:
    """Numbers of each kind; a number is reported once, as the first kind that fits."""
    joined = FINGERPRINT.sub(" ", INVISIBLE.sub("", line))
    found: dict[str, Kind] = {}
    for pattern, kind in PATTERNS:
        for text in pattern.findall(joined):
            found.setdefault(text, kind)
    return [(kind, text) for text, kind in found.items()]


PATTERNS = (
    (IDENTITY_18, Kind.IDENTITY),
    (IDENTITY_15, Kind.IDENTITY),
    (BANK_CARD, Kind.BANK_CARD),
    (MOBILE, Kind.PHONE),
    (LANDLINE, Kind.PHONE),
)
