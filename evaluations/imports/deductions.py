"""扣分规则: a clerk's sentence → the reasons an expert can choose from.

「缺1件扣2分；签名或日期不全每处扣1分」 holds two reasons. What cannot be understood is left to
the reason 其他（写明理由）, which every item has; the sentence itself is always shown beside.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from wanzhou_eval.texts import squeeze

OTHER = "其他（写明理由）"
OTHER_BEGINS = "其他"
MOST_REASONS = 9
LEAST = Decimal("0.5")
_ANY = Decimal(1000)
"""More marks than any item has: amounts do not matter where causes alone are read."""

_RANGE = re.compile(r"(?P<head>.*?)扣(?P<low>\d+(?:\.\d+)?)[-—–~～至到]+(?P<high>\d+(?:\.\d+)?)分")
_FIXED = re.compile(r"(?P<head>.*?)扣(?P<low>\d+(?:\.\d+)?)分")
_KEEPS = re.compile(r"(?P<head>.*?)[得给](?P<low>\d+(?:\.\d+)?)分")
_NOTHING = re.compile(r"(?P<head>.*?)(?:不得分|得0分|扣完|扣全部分|全扣)")
_LACK = re.compile(r"(?P<text>.*?缺)(?P<unit>1?(?:件|项|次|处|页|份))")
_EACH = re.compile(
    r"(?P<before>.*?)每(?P<unit>(?:逾期)?\d*(?:个?工作日|日|天|处|项|件|次|页|点|份|个))(?P<after>.*)"
)
_LISTED = re.compile(
    r"(?:[1-9][.、．]\s*)?(?P<text>\S.*?)\s*扣\s*(?P<low>\d+(?:\.\d+)?)"
    r"(?:\s*[-—–~～至到]\s*(?P<high>\d+(?:\.\d+)?))?\s*分?"
)
_NO_REASON = re.compile(r"按满分计|扣完为止|出现即评")


@dataclass(frozen=True, slots=True)
class ParsedReason:
    """扣分情形: from `low` to `high` marks; fixed when equal.

    `step` > 0: so many marks per `unit` (每处, 每1个工作日), up to the item's marks. `source` is
    the clause it came from.
    """

    text: str
    low: Decimal
    high: Decimal
    step: Decimal
    unit: str
    source: str
    other: bool = False

    @property
    def label(self) -> str:
        """The reason as a button shows it: 签名或日期不全（每处）."""
        return f"{self.text}（{self.unit}）" if self.unit else self.text


def parse_rule(rule: str, *, full_marks: Decimal) -> tuple[ParsedReason, ...]:
    """The reasons of one item in the order of the sentence, 其他 last.

    No amount exceeds the item's marks.
    """
    clauses = [squeeze(clause) for clause in re.split(r"[；;。\n]", rule)]
    found = (_clause(clause, full_marks) for clause in clauses if clause)
    return (*(reason for reason in found if reason), _other(full_marks))


def parse_listed(
    text: str, *, full_marks: Decimal
) -> tuple[tuple[ParsedReason, ...], tuple[str, ...]]:
    """Reasons listed with their amounts (缺件 扣2；不全 扣1-3), and the lines that are none.

    A reason that begins with 其他 asks for a note; one is added where the list has none.
    """
    found: list[ParsedReason] = []
    unread: list[str] = []
    for line in filter(None, (each.strip() for each in re.split(r"[；;\n]", text))):
        read = _LISTED.fullmatch(line)
        low = Decimal(read["low"]) if read else Decimal(0)
        high = Decimal(read["high"] or read["low"]) if read else Decimal(0)
        if read is None or not 0 < low <= high <= full_marks:
            unread.append(line)
            continue
        name = read["text"][:120]
        other = name.startswith(OTHER_BEGINS)
        found.append(ParsedReason(name, low, high, Decimal(0), "", line, other=other))
    if found and not any(reason.other for reason in found):
        found.append(_other(full_marks))
    unread += [reason.label for reason in found[MOST_REASONS:]]
    return tuple(found[:MOST_REASONS]), tuple(unread)


def parse_causes(listed: str, rule: str) -> tuple[tuple[ParsedReason, ...], tuple[str, ...]]:
    """The causes of a low level: as listed one by one, else those that the sentence tells.

    Amounts are left out, so that a standard of marks may be turned into one of levels. One cause
    that begins with 其他 is added where anything is listed; what is too much is given back.
    """
    lines = [each.strip() for each in re.split(r"[；;\n]", listed) if each.strip()]
    names = [_cause(line) for line in lines]
    if not names:
        names = [reason.text for reason in parse_rule(rule, full_marks=_ANY)[:-1]]
    names = list(dict.fromkeys(name[:120] for name in names))
    if names and not any(name.startswith(OTHER_BEGINS) for name in names):
        names.append(OTHER)
    return tuple(as_cause(name) for name in names[:MOST_REASONS]), tuple(names[MOST_REASONS:])


def _cause(line: str) -> str:
    read = _LISTED.fullmatch(line)
    return read["text"] if read else re.sub(r"^[1-9][.、．]\s*", "", line)


def as_cause(text: str) -> ParsedReason:
    """A reason without amounts."""
    none = Decimal(0)
    return ParsedReason(text, none, none, none, "", text, other=text.startswith(OTHER_BEGINS))


def _other(full_marks: Decimal) -> ParsedReason:
    return ParsedReason(OTHER, min(LEAST, full_marks), full_marks, Decimal(0), "", "", other=True)


def _clause(clause: str, full: Decimal) -> ParsedReason | None:
    clause = re.sub(r"[，,]扣完为止$", "", clause)
    found = _RANGE.fullmatch(clause)
    if found:
        low, high = sorted(min(Decimal(found[name]), full) for name in ("low", "high"))
        return _reason(found["head"], low, high, clause)
    found = _FIXED.fullmatch(clause)
    if found:
        return _amount(found["head"], min(Decimal(found["low"]), full), full, clause)
    if _NO_REASON.search(clause):
        return None
    found = _KEEPS.fullmatch(clause)
    if found and Decimal(found["low"]) < full:
        lost = full - Decimal(found["low"])
        return _reason(found["head"], lost, lost, clause)
    found = _NOTHING.fullmatch(clause)
    return _reason(found["head"], full, full, clause) if found else None


def _amount(head: str, amount: Decimal, full: Decimal, clause: str) -> ParsedReason | None:
    """A fixed amount, or so much for each when the clause counts pieces."""
    each = _EACH.fullmatch(head)
    if each:
        late = each["unit"].startswith("逾期")
        unit = "每" + each["unit"].removeprefix("逾期")
        text = "逾期" if late else each["before"] + each["after"]
        return _reason(text, amount, full, clause, step=amount, unit=unit)
    lack = _LACK.fullmatch(head)
    if lack and lack["unit"].startswith("1"):
        unit = "每" + lack["unit"].removeprefix("1")
        short = head.replace("1", "", 1) if unit != "每次" else "次数不足"
        return _reason(short, amount, full, clause, step=amount, unit=unit)
    return _reason(head, amount, amount, clause)


def _reason(
    text: str,
    low: Decimal,
    high: Decimal,
    source: str,
    *,
    step: Decimal = Decimal(0),
    unit: str = "",
) -> ParsedReason | None:
    text = text.strip("，,、：: ")
    if not text or low <= 0:
        return None
    return ParsedReason(text[:120], low, high, step, unit, source)
