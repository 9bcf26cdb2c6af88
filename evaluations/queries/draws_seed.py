"""What pages show of a seed: the rolled digits, the commitment and its value, the read-back code.

The value of a commitment is on no page before it is typed from the paper in the envelope.
"""

from evaluations.models import Draw
from evaluations.queries.draws_frozen import head_of
from evaluations.rules.errors import RuleError
from evaluations.rules.rollers import rollers_of
from evaluations.rules.seeds import readback

SOURCE_LABELS = {"d10": "十面骰子", "ball": "摇号球", "d6": "六面骰子"}
HELD_METHOD = "本次另有封存的承诺值，式中随机数为“掷出的数字＋承诺值”，中间一个半角加号。"


def digits_of(draw: Draw) -> str:
    """The rolled digits: of the seed, before that of the first typing."""
    return (draw.seed or draw.first_typing).partition("+")[0]


def value_of(draw: Draw) -> str:
    """The value of the commitment once it is opened."""
    return draw.seed.partition("+")[2]


def in_fives(digits: str) -> list[str]:
    """Digits in groups of five, as sheet B prints them."""
    return in_groups(digits, 5)


def in_groups(text: str, size: int) -> list[str]:
    """A text cut into pieces of `size`."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def readback_of(draw: Draw) -> str:
    """The code that is compared aloud; with a commitment none before the envelope is opened."""
    if draw.readback or draw.commitment or not draw.first_typing:
        return draw.readback
    return readback(draw.first_typing, draw=draw.code, hash_name=head_of(draw).hash)


def seed_dice(draw: Draw) -> list[dict[str, object]]:
    """The digits of the seed by the people who rolled them, once both typings agree."""
    return [{"label": label, "digits": list(digits)} for label, digits in rolled(draw) if draw.seed]


def rolled(draw: Draw) -> list[tuple[str, str]]:
    """Who rolled which digits; all in one where the record does not divide them."""
    digits = digits_of(draw)
    try:
        rollers = rollers_of(draw.witnesses, count=len(digits))
    except RuleError:
        return [(draw.witnesses, digits)]
    return [
        (f"{one.name}（第{one.first}—{one.last}位）", digits[one.first - 1 : one.last])
        for one in rollers
    ]


def commitment_lines(draw: Draw) -> dict[str, object] | None:
    """The projector: the sealed commitment, then the value that opens it."""
    if not draw.commitment:
        return None
    if draw.seed:
        return {"label": "启封的承诺值（与封存的承诺相符）", "lines": in_groups(value_of(draw), 32)}
    return {"label": "封存的承诺（承诺值在信封里）", "lines": in_groups(draw.commitment, 32)}


def seed_rows(draw: Draw) -> list[tuple[str, str]]:
    """The record: the seed in groups of five, who rolled which part, what the envelope held.

    Of a void draw whose envelope was never opened the digits stay on record with that fact.
    """
    unopened = bool(draw.commitment and draw.voided_at and not draw.seed)
    rows = [("承诺值", "没有启封，本次抽选作废")] if unopened else []
    digits = digits_of(draw) if draw.seed or unopened else ""
    if digits:
        source = SOURCE_LABELS.get(draw.seed_source, "")
        label = f"随机数（{source}，{len(digits)}位，五位一组）"
        rows = [(label, " ".join(in_fives(digits))), *rolled(draw), *rows]
    if value_of(draw):
        rows.append(("启封的承诺值", " ".join(in_groups(value_of(draw), 8))))
    return [*rows, ("复读码", draw.readback)] if draw.seed else rows
