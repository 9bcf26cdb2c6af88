"""同义词 on the pages: the tables, and the words of a preview that may be entered at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.imports import FIELDS
from cases.models import Synonym
from cases.queries import FindingGroup, firm_aliases, firm_names, synonyms
from cases.rules import KIND_WORDS, STAGE_LABELS, STAGE_WORDS, Kind

OFFERED = {"unknown_kind": "kind", "unknown_stage": "stage", "unknown_firm": "firm"}
"""Findings whose words may be synonyms, and of what."""
MOST_OFFERED = 20
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WordRow:
    """One line of a table; `meaning` as people read it."""

    pk: int
    word: str
    meaning: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class WordTable:
    """The words of one subject with what they may mean.

    `own`: what the product knows by itself, meaning → its words.
    """

    subject: str
    label: str
    note: str
    choices: Choices
    rows: tuple[WordRow, ...]
    own: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Offer:
    """A word of a preview that is not known, with what it may mean and the likeliest."""

    word: str
    likely: str


@dataclass(frozen=True)
class ShownGroup:
    """A group of findings and the words in it that may be entered as synonyms."""

    group: FindingGroup
    subject: str
    offers: tuple[Offer, ...]
    choices: Choices


def _kinds() -> Choices:
    return tuple((kind.label, kind.label) for kind in Kind)


def _stages() -> Choices:
    return tuple((label, label) for label in STAGE_LABELS.values())


def _own(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Words by meaning; a word that is its own meaning tells nothing."""
    found: dict[str, list[str]] = {}
    for word, meaning in pairs:
        if word != meaning and not word.isascii():
            found.setdefault(meaning, []).append(word)
    return tuple((meaning, "、".join(words)) for meaning, words in found.items())


KNOWN = {
    "kind": _own((word, kind.label) for word, kind in KIND_WORDS.items()),
    "stage": _own((word, STAGE_LABELS[stage]) for word, stage in STAGE_WORDS.items()),
    "header": _own((word, field.label) for field in FIELDS for word in field.synonyms),
}
"""What the product knows without any table, by subject."""


def word_tables() -> list[WordTable]:
    """The four tables of the page."""
    labels = {field.key: field.label for field in FIELDS}
    rows: dict[str, list[WordRow]] = {subject: [] for subject in Synonym.Subject.values}
    for row in synonyms():
        meaning = labels.get(row.meaning, "") if row.subject == "header" else row.meaning
        rows[row.subject].append(WordRow(row.pk, row.word, meaning, row.kept_by, row.kept_at))
    rows["firm"] = [WordRow(alias.pk, alias.key, alias.firm.name) for alias in firm_aliases()]
    firms = tuple((name, name) for name in firm_names())
    told = (
        ("kind", "案件类型", "台账里类型栏的写法", _kinds()),
        ("stage", "诉讼阶段", "台账里阶段栏的写法", _stages()),
        ("firm", "承办机构", "别名、曾用名和错写", firms),
        ("header", "表头", "台账表头的写法", tuple(labels.items())),
    )
    return [
        WordTable(subject, name, note, choices, tuple(rows[subject]), KNOWN.get(subject, ()))
        for subject, name, note, choices in told
    ]


def shown_groups(groups: Iterable[FindingGroup], *, may_keep: bool) -> list[ShownGroup]:
    """The findings as the preview shows them; who may not enter words is offered none."""
    shown = []
    firms: tuple[str, ...] | None = None
    for group in groups:
        subject = OFFERED.get(group.code, "") if may_keep else ""
        if subject == "firm" and firms is None:
            firms = tuple(firm_names())
        names = firms or ()
        choices = {
            "": (),
            "kind": _kinds(),
            "stage": _stages(),
            "firm": tuple((name, name) for name in names),
        }[subject]
        words = dict.fromkeys(str(found["found"]) for found in group.findings) if subject else {}
        offers = tuple(Offer(word, _likely(word, names)) for word in list(words)[:MOST_OFFERED])
        shown.append(ShownGroup(group, subject, offers if choices else (), choices))
    return shown


def _likely(word: str, firms: Iterable[str]) -> str:
    """The firm whose name shares the word's stem; "" when there is none or several."""
    stem = word.removesuffix("律师事务所").removesuffix("律所").removesuffix("法律服务所")
    near = [name for name in firms if len(stem) > 1 and stem in name]
    return near[0] if len(near) == 1 else ""
