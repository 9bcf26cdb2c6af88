"""逐项评等次: levels of items and the overall judgement (the second method of article 6.1).

As a provincial platform made for the ministry's peer review has it: an item takes 1, 2, 3, C
(无法评价) or N/A (不适用), the whole file 1 to 5, judged and not added up. On both scales the
higher number is the better one; the bands of the standard say which grade a judgement leads to.
"""

import unicodedata
from decimal import Decimal

from evaluations.rules.errors import RuleError
from evaluations.rules.standards import Mark, plain

LEVEL_WORDS = {3: "好", 2: "一般", 1: "差"}
"""The levels of an item, the best first."""
BEST, LOW = 3, 1
"""The best level, and the one that has to be told why, with the page."""
OVERALL_WORDS = {5: "最好", 4: "", 3: "", 2: "", 1: "最差"}
"""The overall judgement, the best first; the words between are the grades', shown at the end."""
MOST_OVERALL = 5
DIRECTION = "3 最好，1 最差"
OVERALL_DIRECTION = "5 最好，1 最差"


def level_text(level: int) -> str:
    """A level as people read it: 2 一般."""
    return f"{level} {LEVEL_WORDS.get(level, '')}".strip()


def is_lowered(deduction: Decimal | None, level: int | None) -> bool:
    """Whether something was taken off, or the level is not the best."""
    return bool(deduction) or (level is not None and level < BEST)


def given_text(mark: Mark) -> str:
    """What a scored item was given: −2, 0 or 2 一般; a dash where nothing was entered."""
    if mark.level is not None:
        return level_text(mark.level)
    if mark.deduction is None:
        return "—"
    return f"−{plain(mark.deduction)}" if mark.deduction else "0"


def parse_level(text: str) -> int | None:
    """A typed level; None when blank. Full-width digits are accepted."""
    return _parse(text, most=max(LEVEL_WORDS), told="评等次请填 3（最好）、2 或 1（最差）。")


def parse_overall(text: str) -> int | None:
    """A typed overall judgement; None when blank."""
    return _parse(text, most=MOST_OVERALL, told="总体判断请填 5（最好）到 1（最差）。")


def _parse(text: str, *, most: int, told: str) -> int | None:
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed:
        return None
    if not (len(typed) == 1 and typed.isascii() and typed.isdigit() and 1 <= int(typed) <= most):
        raise RuleError(told)
    return int(typed)
