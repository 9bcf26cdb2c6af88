"""名单与指纹不符时说明是哪里被改动，尽量指出是哪一行哪一栏.

有封存的那一份（核验包里的名单.txt，指纹仍是封存时的）就逐行比对；没有，就逐一试着把一处改回去：
次序、添上的或删去的一行、一行里的一栏、对调的两行。改回去以后指纹与封存时相同，被改的就是那一处。
栏里改成什么去试，取自名单和结果里出现过的写法。都试不出来，再列与原结果对不上的行。
"""
# ruff: noqa: B905 - zip(strict=) needs Python 3.10

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from typing import Any

PACKAGE = f"{__package__}." if __package__ else ""
clues: Any = import_module(f"{PACKAGE}verify_clues")
searching: Any = import_module(f"{PACKAGE}verify_search")

Copies = Iterable[tuple[str, str]]
"""可能的原件：来处、内容."""
MISTYPED = 6
"""两个不相干的指纹约有六十位不同；只差几位的是录错."""


def judge(
    cert: Mapping[str, Any], found: str, printed: str, copies: Copies = (), *, seek: bool = True
) -> tuple[str, str]:
    """名单、证书所记、结果所记和指纹单（表A）的指纹相同时返回空；否则返回不同的是哪一项和一句话.

    seek: 没有原件时是否逐一试改（要几秒）.
    """
    recorded = cert["freeze_hash"]
    inside = re.search(r"^freeze=([0-9a-f]{64})$", cert["result_text"], re.M)
    in_result = inside[1] if inside else recorded
    if printed and not re.fullmatch("[0-9a-f]{64}", printed):
        return "printed", "指纹单（表A）上的名单指纹应为64位（0到9、a到f）。请照表重新输入"
    if printed and printed != found:
        off = [i + 1 for i, (one, other) in enumerate(zip(printed, found)) if one != other]
        said = f"指纹单（表A）为{printed[:12]}…，证书名单重算为{found[:12]}…"
        if len(off) <= MISTYPED:
            places = "、".join(map(str, off))
            return "printed", f"录入的指纹只有第{places}位与证书名单的不同，多半是录错，请照表重录"
        row = named(cert, {printed, recorded, in_result} - {found}, copies, seek=seek)
        return "printed", f"证书里的名单不是签字封存的名单：{said}；{row}"
    if recorded == found:
        return "", ""
    if found in (printed, in_result):
        kept = "指纹单（表A）" if found == printed else "结果"
        told = f"证书写“{recorded}”，名单重算为“{found}”，与{kept}所记相同"
        return "freeze_hash", f"证书所记的名单指纹被改动，名单没有变：{told}"
    row = named(cert, {recorded, in_result}, copies, seek=seek)
    said = f"重算指纹{found[:12]}…，证书所记{recorded[:12]}…"
    return "freeze_text", f"名单被改动：{said}；{row}"


def named(
    cert: Mapping[str, Any], targets: Collection[str], copies: Copies, *, seek: bool = True
) -> str:
    """说出名单被改的是哪一行；targets 是封存时的指纹."""
    text = cert["freeze_text"]
    match = re.search(r"^hash=(SHA-256|SM3)$", text, re.M)
    name = match[1] if match else cert["hash"]
    if name == "SM3" and "sm3" not in hashlib.algorithms_available:
        return "这台机器没有SM3算法，请与签字留存的名单逐行比对"
    for label, copy in copies:
        if clues.digest(copy, name) in targets:
            return f"与{label}逐行比对，{compared(text, copy)}"
    lines = text.split("\n")[: -1 if text.endswith("\n") else None]
    head, parts = clues.take_apart(lines)
    result = clues.result_rows(cert["result_text"])
    why = "这里没有逐一试改，核验包里的程序会试"
    if seek:
        spent = len(lines) > searching.MOST_LINES
        if not spent:
            search = searching.Search(lines, name=name, targets=targets)
            found, spent = searching.restored(search, text, head=head, parts=parts, result=result)
            if found:
                return f"{found}（改回去，指纹就与封存时相同）"
        why = "名单较长，没有逐一试完" if spent else "不止改了一处，或改动前的写法没有留存"
    return suspected(lines, head, parts, result, why=why)


def suspected(lines: list[str], head: Any, parts: Any, result: Any, *, why: str) -> str:
    """试不出来的，列出与原结果对不上的行."""
    suspects = list(clues.contradictions(head, parts, result))
    if not suspects:
        return f"指不出是哪一行：{why}；请与签字留存的名单逐行比对"
    more = f"，这样的共{len(suspects)}处" if len(suspects) > 1 else ""
    return f"{clue(lines, *suspects[0])}{more}（指纹不能证实只改了这里：{why}）"


def clue(lines: list[str], at: int, sentence: str) -> str:
    """与原结果对不上的一行."""
    if at < 0:
        return sentence
    first = lines[at].partition("\t")[0]
    return f"名单第{at + 1}行“{clues.shown(first)}”与原结果不符：{sentence}"


def compared(text: str, copy: str) -> str:
    """与封存的那一份不同的第一行，共几行."""
    now, was = text.split("\n"), copy.split("\n")
    parts = clues.take_apart(now)[1]
    kept, present = set(was), set(now)
    gone = {
        line.split("\t")[0].split("=")[0]: line for line in reversed(was) if line not in present
    }
    columns = {row.at: part.columns for part in parts.values() for row in part.rows}
    sentences = []
    for at, line in enumerate(now):
        key = line.split("\t")[0].split("=")[0]
        if line not in kept and key in gone:
            sentences.append(clues.changed(at, line, gone.pop(key), columns.get(at, [])))
        elif line not in kept:
            sentences.append(f"名单第{at + 1}行“{clues.shown(line)}”是后来添上的")
    sentences += [
        f"封存时第{was.index(one) + 1}行“{clues.shown(one)}”被删去了" for one in gone.values()
    ]
    if not sentences:
        at = next((i for i, (one, other) in enumerate(zip(now, was)) if one != other), -1)
        if at < 0:
            return "逐行相同"
        sentences = [clues.moved(at, now[at], was[at])]
    return str(sentences[0]) + (f"，这样的共{len(sentences)}处" if len(sentences) > 1 else "")
