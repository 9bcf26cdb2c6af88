"""One cell at a time: what stood there → the value, the cleaning rule, or the problem."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from cases.imports.fields import LABELS
from cases.imports.mapping import Words
from cases.rules import (
    canonical_number,
    case_key,
    is_clean_number,
    kind_of,
    kind_word,
    parse_date,
    spelling_changes,
    stage_of,
    stage_word,
)
from wanzhou_eval.tables import text_of
from wanzhou_eval.texts import (
    clean_name,
    clean_organisation,
    clean_text,
    is_blank,
    mask_identity,
    organisation_key,
    split_names,
    squeeze,
)
from wanzhou_eval.workbooks import Cell

LIMITS: Mapping[str, int] = {
    "number": 120,
    "firm": 80,
    "handlers": 200,
    "recipient": 40,
    "recipient_category": 60,
    "cause": 120,
    "aid_method": 40,
    "source": 40,
    "stage": 20,
    "regular_grade": 10,
    "remarks": 400,
}
NAME_LIMIT = 40
_ERROR_VALUE = re.compile(r"#(REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|N/A|####*)")
_MONEY = re.compile(r"[¥￥]?(-?[0-9]+(?:\.[0-9]{1,2})?)元?")


@dataclass(frozen=True, slots=True)
class Options:
    """What the reading of a ledger depends on besides the file.

    `firms`: names known so far (None = no check); `firm_names`, `kind_words`, `stage_words`:
    the plan's synonym tables (firm names by `organisation_key`); `known`: keys of cases in
    other plans → where; `taken`: keys of the ministry's and the city's list → its words;
    `words`: what helps to understand the header.
    """

    today: date
    window: tuple[date, date] | None = None
    firms: frozenset[str] | None = None
    firm_names: Mapping[str, str] = field(default_factory=dict)
    kind_words: Mapping[str, str] = field(default_factory=dict)
    stage_words: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    date1904: bool = False


class Read(NamedTuple):
    """A cell understood: its value, the rule when it was changed, the problem when it cannot be."""

    value: object = None
    shown: str = ""
    rule: str = ""
    code: str = ""
    message: str = ""
    remedy: str = ""


EMPTY = Read()
PLAIN: Mapping[str, Callable[[str], object]] = {
    "number": is_clean_number,
    "recipient": re.compile("(?!暂无)[\u4e00-\u9fff]{2,10}").fullmatch,
}
"""The usual form of what is different in every row: it stays as it is, without further looks."""
Reader = Callable[[Cell, Options], Read]


def read_cell(key: str, raw: Cell, options: Options) -> Read:
    """Read one cell of a field. Blank and filler cells give an empty value."""
    if raw is None:
        return EMPTY
    if type(raw) is str and (plain := PLAIN.get(key)) and plain(raw):
        return Read(raw, raw)
    text = text_of(raw)
    if _ERROR_VALUE.fullmatch(text) and text != "#N/A":
        return _problem("error_value", "单元格是公式错误值", "在 Excel 中改正公式或直接填写内容")
    limit = LIMITS.get(key)
    if limit and len(text) > limit:
        return _too_long(len(text), limit)
    return READERS.get(key, _text)(raw, options)


def _problem(code: str, message: str, remedy: str) -> Read:
    return Read(code=code, message=message, remedy=remedy)


def _too_long(length: int, limit: int) -> Read:
    """Also for words that grow when ligatures are written out."""
    return _problem("too_long", f"内容有 {length} 字，超过 {limit} 字", "删短后重新上传")


def _filler(text: str) -> Read:
    """A sign for nothing (-, 无): an empty value, with a line in the ledger."""
    return Read(rule="占位符作空白") if squeeze(text) else EMPTY


def _number(raw: Cell, options: Options) -> Read:
    if isinstance(raw, Decimal):
        return _problem(
            "lost_digits", "案号成了数值，末几位可能已丢失", "把该列设为文本格式后重新填写案号"
        )
    text = text_of(raw)
    if is_clean_number(text):
        return Read(text, text)
    if is_blank(text):
        return _filler(text)
    return _odd_number(text)


def _odd_number(text: str) -> Read:
    """A number that is not written as it is kept."""
    try:
        number = canonical_number(text)
    except ValueError:
        signs = "、".join(sorted({letter for letter in case_key(text) if not _legal(letter)}))
        told = f"案号含有不能使用的字符：{signs}" if signs else "案号超过 64 个字符"
        return _problem("bad_number", told, "核对案号，改正后重新上传")
    if not any(letter.isdigit() for letter in number):
        return _problem("bad_number", "案号里没有数字", "核对案号后改正")
    return Read(number, number, f"案号{spelling_changes(text)}" if number != text else "")


def _legal(letter: str) -> bool:
    try:
        return bool(canonical_number("号" + letter))
    except ValueError:
        return False


def _kind(raw: Cell, options: Options) -> Read:
    text = text_of(raw)
    if is_blank(text):
        return _filler(text)
    kind = kind_of(text, synonyms=options.kind_words)
    if kind is None:
        remedy = "改为刑事、民事或行政；或者登记为同义词"
        return _problem("unknown_kind", "案件类型不是刑事、民事或行政", remedy)
    listed = kind_word(text) in options.kind_words
    rule = "案件类型按同义词表统一" if listed else "案件类型统一写法"
    rule = "" if text == kind.label else rule
    return Read(kind, kind.label, rule)


def _stage(raw: Cell, options: Options) -> Read:
    text = text_of(raw)
    if is_blank(text):
        return _filler(text)
    stage, label = stage_of(text, synonyms=options.stage_words)
    if len(label) > LIMITS["stage"]:
        return _too_long(len(label), LIMITS["stage"])
    listed = stage_word(text) in options.stage_words
    rule = "诉讼阶段按同义词表统一" if listed else "诉讼阶段统一写法"
    return Read((stage, label), label, "" if text == label else rule)


def _firm(raw: Cell, options: Options) -> Read:
    text = text_of(raw)
    if is_blank(text):
        return _filler(text)
    cleaned = clean_organisation(text)
    if len(organisation_key(text)) > LIMITS["firm"]:
        return _too_long(len(organisation_key(text)), LIMITS["firm"])
    name = options.firm_names.get(organisation_key(text), cleaned)
    if name == text:
        return Read(name, name)
    rule = "承办机构括号改全角、去空格" if name == cleaned else "承办机构按同义词表统一"
    return Read(name, name, rule)


def _handlers(raw: Cell, options: Options) -> Read:
    text = text_of(raw)
    if is_blank(text):
        return _filler(text)
    names = split_names(text)
    if not names or any(len(name) > NAME_LIMIT for name in names):
        return _problem("bad_handlers", "看不出承办人姓名", "每名承办人之间用顿号隔开")
    shown = "、".join(names)
    if len(names) > 1:
        return Read(names, shown, f"一格 {len(names)} 名承办人，分别记录")
    return Read(names, shown, "" if shown == text else "承办人姓名去空格")


def _date(raw: Cell, options: Options) -> Read:
    parsed = parse_date(raw, date1904=options.date1904)
    if parsed.problem:
        return _problem("bad_date", f"日期不成立（{parsed.problem}）", "按 2022-07-05 的样式改正")
    if parsed.value is None:
        return Read(rule=parsed.rule)
    return Read(parsed.value, parsed.value.isoformat(), parsed.rule)


def _past_date(raw: Cell, options: Options) -> Read:
    found = _date(raw, options)
    if isinstance(found.value, date) and found.value > options.today:
        return _problem("future_date", f"日期晚于今天（{options.today}）", "核对后改正日期")
    return found


def _subsidy(raw: Cell, options: Options) -> Read:
    if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
        value = Decimal(raw)
        exponent = value.normalize().as_tuple().exponent
        if 0 <= value < 10_000_000 and isinstance(exponent, int) and exponent >= -2:
            return Read(value, str(raw))
        return _problem("bad_amount", "金额为负、过大或多于两位小数", "改为以元计的金额")
    text = text_of(raw)
    if is_blank(text):
        return _filler(text)
    plain = squeeze(unicodedata.normalize("NFKC", text)).replace(",", "")
    found = _MONEY.fullmatch(plain)
    if not found:
        return _problem("bad_amount", "不是以元计的金额", "只填数字，例如 1600")
    try:
        value = Decimal(found[1])
    except InvalidOperation:
        value = Decimal(-1)
    if not 0 <= value < 10_000_000:
        return _problem("bad_amount", "金额为负或过大", "改为以元计的金额")
    return Read(value, found[1], "补贴为文本数字，改为数值")


def _name(raw: Cell, options: Options) -> Read:
    text = text_of(raw)
    if is_blank(text):
        return _filler(text)
    plain = mask_identity(clean_name(text))
    return Read(plain, plain, "" if plain == text else "姓名去空格")


def _text(raw: Cell, options: Options) -> Read:
    text = text_of(raw)
    if is_blank(text):
        return _filler(text)
    plain = mask_identity(clean_text(text))
    if plain == text:
        return Read(plain, plain)
    hidden = plain != clean_text(text)
    return Read(plain, plain, "隐去证件号或电话" if hidden else "去多余空白和不可见字符")


READERS: Mapping[str, Reader] = {
    "number": _number,
    "kind": _kind,
    "stage": _stage,
    "firm": _firm,
    "handlers": _handlers,
    "assigned_on": _past_date,
    "closed_on": _past_date,
    "filed_on": _past_date,
    "subsidy": _subsidy,
    "recipient": _name,
}


def column_label(key: str) -> str:
    """The label of a field in findings and in the cleaning ledger."""
    return LABELS[key]
