"""谁掷了哪几位: the people who rolled, in the order in which their digits stand in the seed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evaluations.rules.errors import RuleError

PARTS = re.compile(r"[；;\n]+")
SHARE = re.compile(r"(?P<name>.*?\S)[\s（(]*(?P<count>[0-9]{1,3})\s*位?\s*[）)]?")
EXAMPLE = "例如：纪检 甲 8位；律师代表 乙 8位；专家代表 丙 8位"


@dataclass(frozen=True, slots=True)
class Roller:
    """A witness with the places of his or her digits, counted from 1; `last` is included."""

    name: str
    first: int
    last: int


def rollers_of(text: str, *, count: int) -> list[Roller]:
    """Return who rolled which of `count` digits, from “甲 8位；乙 12位”.

    One person alone rolled all of them and needs no number. Raises `RuleError` when somebody's
    number is missing or the numbers do not make up the seed.
    """
    parts = [part.strip(" 。、，,\r") for part in PARTS.split(text)]
    parts = [part for part in parts if part]
    if not parts:
        raise RuleError(f"请写明谁掷的，{EXAMPLE}。")
    shares = [SHARE.fullmatch(part) for part in parts]
    if len(parts) == 1 and not shares[0]:
        return [Roller(parts[0], 1, count)]
    rollers: list[Roller] = []
    end = 0
    for part, share in zip(parts, shares, strict=True):
        if not share or not int(share["count"]):
            raise RuleError(f"“{part}”没有写掷了几位。请按掷骰先后写明每人几位，{EXAMPLE}。")
        rollers.append(Roller(share["name"], end + 1, end + int(share["count"])))
        end += int(share["count"])
    if end != count:
        raise RuleError(f"各人合计掷了{end}位，录入的随机数是{count}位。请核对掷骰记录。")
    return rollers


def rollers_text(rollers: list[Roller]) -> str:
    """Return the record of the rollers on one line."""
    return "；".join(f"{one.name} {one.last - one.first + 1}位" for one in rollers)
