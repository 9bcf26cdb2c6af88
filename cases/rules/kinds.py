"""案件类型 and 诉讼阶段: the words clerks use → the product's own."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from wanzhou_eval.texts import squeeze


class Kind(StrEnum):
    """案件类型; the values are those of the draw's list."""

    CRIMINAL = "criminal"
    CIVIL = "civil"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {"criminal": "刑事", "civil": "民事", "admin": "行政"}[self.value]


class Stage(StrEnum):
    """诉讼阶段: one case file per stage; each is a case of its own."""

    INVESTIGATION = "investigation"
    PROSECUTION = "prosecution"
    FIRST = "first_instance"
    SECOND = "second_instance"
    RETRIAL = "retrial"
    DEATH_REVIEW = "death_review"
    PETITION = "petition"
    LABOUR = "labour_arbitration"
    ARBITRATION = "arbitration"
    MEDIATION = "mediation"
    NON_LITIGATION = "non_litigation"
    ENFORCEMENT = "enforcement"
    TREATMENT = "compulsory_treatment"
    RECONSIDERATION = "reconsideration"
    OTHER = "other"


STAGE_LABELS: Mapping[Stage, str] = {
    Stage.INVESTIGATION: "侦查",
    Stage.PROSECUTION: "审查起诉",
    Stage.FIRST: "一审",
    Stage.SECOND: "二审",
    Stage.RETRIAL: "再审",
    Stage.DEATH_REVIEW: "死刑复核",
    Stage.PETITION: "申诉",
    Stage.LABOUR: "劳动仲裁",
    Stage.ARBITRATION: "仲裁",
    Stage.MEDIATION: "调解",
    Stage.NON_LITIGATION: "非诉",
    Stage.ENFORCEMENT: "执行",
    Stage.TREATMENT: "强制医疗",
    Stage.RECONSIDERATION: "行政复议",
}

KIND_WORDS: Mapping[str, Kind] = {
    **dict.fromkeys(("刑事", "刑", "01", "1", "刑事辩护", "刑事代理", "刑诉"), Kind.CRIMINAL),
    **dict.fromkeys(
        ("民事", "民", "02", "2", "民商事", "民商", "劳动仲裁", "劳动争议", "民诉", "商事"),
        Kind.CIVIL,
    ),
    **{kind.value: kind for kind in Kind},
    **dict.fromkeys(("行政", "行", "03", "3", "行政诉讼", "行政复议", "行诉"), Kind.ADMIN),
}
STAGE_WORDS: Mapping[str, Stage] = {
    **{label: stage for stage, label in STAGE_LABELS.items()},
    "起诉": Stage.PROSECUTION,
    "公诉": Stage.PROSECUTION,
    "审查批捕": Stage.INVESTIGATION,
    "第一审": Stage.FIRST,
    "审判": Stage.FIRST,
    "第二审": Stage.SECOND,
    "上诉": Stage.SECOND,
    "审判监督": Stage.RETRIAL,
    "死刑复核案件": Stage.DEATH_REVIEW,
    "劳动争议仲裁": Stage.LABOUR,
    "非诉讼": Stage.NON_LITIGATION,
    "非诉讼调解": Stage.MEDIATION,
    "复议": Stage.RECONSIDERATION,
    "强制执行": Stage.ENFORCEMENT,
}


def _plain(text: str, *endings: str) -> str:
    plain = squeeze(unicodedata.normalize("NFKC", text))
    for ending in endings:
        plain = plain.removesuffix(ending) or plain
    return plain


def kind_word(text: str) -> str:
    """The form in which words for types are compared: 刑事案件 → 刑事."""
    return _plain(text, "类", "案件", "案")


def stage_word(text: str) -> str:
    """The form in which words for stages are compared: 一审程序 → 一审."""
    return _plain(text, "程序", "阶段")


def kind_of(text: str, *, synonyms: Mapping[str, str] | None = None) -> Kind | None:
    """刑事 / 刑事案件 / 刑 / 01 → CRIMINAL and so on; None when unknown.

    `synonyms` adds the words of the table that people keep: word → label of a kind.
    """
    plain = kind_word(text)
    told = (synonyms or {}).get(plain, plain)
    return KIND_WORDS.get(told)


def stage_of(text: str, *, synonyms: Mapping[str, str] | None = None) -> tuple[Stage, str]:
    """The stage and its label; an unknown word is kept as the label of OTHER."""
    plain = stage_word(text)
    told = (synonyms or {}).get(plain, plain)
    stage = STAGE_WORDS.get(told, Stage.OTHER)
    return stage, STAGE_LABELS.get(stage, plain)


def kind_of_number(number: str) -> Kind | None:
    """The kind that a number itself names: the one of 刑, 民, 行 that stands before 〔."""
    return _kind_of_head(number.partition("〔")[0])


@lru_cache(maxsize=256)
def _kind_of_head(head: str) -> Kind | None:
    named = [
        kind
        for sign, kind in (("刑", Kind.CRIMINAL), ("民", Kind.CIVIL), ("行", Kind.ADMIN))
        if sign in head
    ]
    return named[0] if len(named) == 1 else None
