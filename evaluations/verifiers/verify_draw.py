"""核对抽选证书：python verify_draw.py 证书.json [指纹单（表A）上的名单指纹].

只用 Python 3.9 以上的标准库，不联网。由名单和种子重新推出名单指纹、复读码、全部签号、各层名额、
抽中与候补的次序和每一次递补；专家和匹配的证书另由同一文件夹里的 verify_panels.py 推出。
不重查名单里的用字和抽样比例（离线核对网页会查）。退出码：0 一致，1 不一致，2 没有核对成。
"""
# ruff: noqa: B905, T201 - zip(strict=) and pairwise need Python 3.10

from __future__ import annotations

import gc
import hashlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from importlib import import_module
from itertools import zip_longest
from operator import lt
from typing import Any

Lines = dict[str, list[str]]
Ticket = Callable[[str, str], str]
Digest = Callable[[str], str]
SHEET = "指纹单（表A）"
Cert = dict[str, Any]


class Difference(Exception):  # noqa: N818
    """第一处不一致."""


def read_lines(text: str) -> tuple[dict[str, str], Lines]:
    """拆开名单：表头和各节；每节各行按字节严格升序."""
    lines = text.split("\n")[:-1]
    marks = [i for i, line in enumerate(lines) if line[:1] == "[" and "\t" not in line]
    headers = dict(line.split("=", 1) for line in lines[1 : marks[0]])
    sections = {}
    for start, end in zip(marks, [*marks[1:], len(lines)]):
        name, rows = lines[start][1:-1], lines[start + 1 : end]
        if not all(map(lt, rows, rows[1:])):
            raise Difference(f"名单[{name}]一节有重复的行或次序不对")
        sections[name] = rows
    return headers, sections


def read_list(text: str) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    """同上，各行再拆成各栏."""
    headers, sections = read_lines(text)
    return headers, {name: [x.split("\t") for x in rows] for name, rows in sections.items()}


def quotas(size: dict[str, int], head: dict[str, str], ticket: Ticket) -> dict[str, int]:
    """各层名额：最大余数法（可每层至少一件）或随机系统取整."""
    seats, total, rest, quota = int(head["n"]), sum(size.values()), dict(size), {}
    small = list(size) if head["min1"] == "1" else []
    while small:
        whole = sum(rest.values())
        small = [key for key in rest if seats * rest[key] < whole]
        quota.update(dict.fromkeys(small, 1))
        seats, rest = seats - len(small), {k: v for k, v in rest.items() if k not in small}
    whole = sum(rest.values())
    left = {key: seats * count % whole for key, count in rest.items()}
    quota.update({key: seats * count // whole for key, count in rest.items()})
    if head["alloc"] == "LR":
        order = sorted(rest, key=lambda key: (-left[key], -rest[key], key))
        for key in order[: int(head["n"]) - sum(quota.values())]:
            quota[key] += 1
        return quota
    point, walked = int(ticket("start", "-"), 16) % total, 0
    for key in sorted(rest, key=lambda key: ticket("stratum", key)):
        walked += left[key]
        if point < walked:
            quota[key], point = quota[key] + 1, point + total
    return quota


def strata_of(head: dict[str, str], lines: list[str]) -> tuple[list[str], list[str]]:
    """案号和各在哪一层；剔除的层是空."""
    names = [] if head["strata"] == "-" else head["strata"].split("+")
    picks = [["type", "month", "org"].index(name) for name in names]
    known: dict[str, str] = {}
    numbers, keys = [], []
    for line in lines:
        case_no, _, rest = line.partition("\t")
        if rest not in known:
            cells = rest.split("\t")
            inside = ",".join([cells[i] for i in picks]) or "all"
            known[rest] = inside if cells[3] == "in" else ""
        numbers.append(case_no)
        keys.append(known[rest])
    return numbers, keys


def sample(head: dict[str, str], lines: list[str], ticket: Tickets) -> dict[str, str]:
    """抽样：按签号从小到大，层里还有名额的抽中，其余候补."""
    numbers, keys = strata_of(head, lines)
    if "" in keys:
        numbers, keys = [no for no, key in zip(numbers, keys) if key], [*filter(None, keys)]
    size = dict(sorted(Counter(keys).items()))
    quota, tickets = quotas(size, head, ticket.one), ticket.many("case", numbers)
    strata = [f"{k}\t{size[k]}\t{quota[k]}\n" for k in size]
    order = sorted(range(len(numbers)), key=tickets.__getitem__)
    drawn, reserve = walk(order, keys, quota)
    tails = [f"\t{no}\t{key}\t{value}\n" for no, key, value in zip(numbers, keys, tickets)]
    return {
        "strata": "".join(strata),
        "sample": rows(drawn, tails),
        "reserve": rows(reserve, tails),
    }


def walk(order: list[int], keys: list[str], quota: dict[str, int]) -> tuple[list[int], list[int]]:
    """依次进样本，层里没有名额的进候补；名额用完，其余都是候补."""
    left, seats = dict(quota), sum(quota.values())
    drawn: list[int] = []
    reserve: list[int] = []
    for place, index in enumerate(order):
        if len(drawn) == seats:
            return drawn, reserve + order[place:]
        free = left[keys[index]]
        (drawn if free else reserve).append(index)
        left[keys[index]] -= bool(free)
    return drawn, reserve


def rows(part: list[int], tails: list[str]) -> str:
    """各行：次序和其余各栏."""
    pieces = [""] * (2 * len(part))
    pieces[::2] = map(str, range(1, len(part) + 1))
    pieces[1::2] = map(tails.__getitem__, part)
    return "".join(pieces)


def check_missing(result: dict[str, str], events: list[dict[str, str]]) -> None:
    """缺卷：下一个没用过的同层候补递补."""
    lines = [result[name].split("\n")[:-1] if events else [] for name in ("sample", "reserve")]
    drawn, reserve = [[line.split("\t") for line in part] for part in lines]
    stratum, used = dict(row[1:3] for row in drawn), set()
    for number, event in enumerate(events, 1):
        free = [r for r in reserve if r[1] not in used]
        first = next((r[1] for r in free if r[2] == stratum.get(event["missing"])), "（无）")
        if event["new"] != first:
            raise Difference(f"第{number}次递补：证书写“{event['new']}”，按签序应为“{first}”")
        used.add(first)
        stratum[first] = stratum[event["missing"]]


def same(what: str, recorded: str, derived: str) -> None:
    """所记与重算相同."""
    if recorded != derived:
        raise Difference(f"{what}：证书写“{recorded}”，重算应为“{derived}”")


def check_list(cert: Cert, printed: str, folder: str) -> None:
    """名单与指纹单（表A）、与所记的指纹；被改动时由 verify_rows.py 指出是哪一行."""
    text, typed = cert["freeze_text"], re.sub(r"[\s-]", "", printed).lower()
    name = re.search(r"^hash=(SHA-256|SM3)$", text, re.M)
    data = text.encode("utf-8", "surrogatepass")
    found = new_hash(name[1] if name else cert["hash"])(data).hexdigest()
    if cert["freeze_hash"] == found and typed in ("", found):
        return
    beside = os.path.join(folder, "名单.txt")
    copies = [("名单.txt", read(beside, "replace"))] if os.path.isfile(beside) else []
    try:
        rows = import_module("verify_rows")
    except ImportError:
        recorded = f"证书所记{cert['freeze_hash']}，{SHEET}{typed or '未录入'}，重算为{found}"
        raise Difference(f"名单的指纹不符：{recorded}；缺少verify_rows.py，指不出哪一行") from None
    raise Difference(rows.judge(cert, found, typed, copies)[1])


def check_seed(cert: Cert, head: dict[str, str], digest: Digest) -> None:
    """种子：位数、承诺值、复读码、先封存后出种子."""
    form = {"d10": "[0-9]{20,200}", "ball": "[0-9]{20,200}", "d6": "[1-6]{31,200}"}
    form["+"] = r"\+[0-9a-f]{64}" if head["commit"] != "-" else ""
    if not re.fullmatch(form[cert["seed_source"]] + form["+"], cert["seed"]):
        raise Difference("种子位数、数字或承诺值不合规定")
    secret = cert["seed"].partition("+")[2]
    if secret:
        same("承诺值", digest(f"LAQD/1|commit|{head['draw']}|-|{secret}"), head["commit"])
    code = digest(f"LAQD/1|readback|{head['draw']}|{cert['seed']}|-")[:8]
    same("复读码（种子被改动）", cert["readback"], code)
    if datetime.fromisoformat(cert["frozen_at"]) >= datetime.fromisoformat(cert["seed_entered_at"]):
        raise Difference("种子录入不晚于名单封存")


def new_hash(name: str) -> Callable[[bytes], hashlib._Hash]:
    """SHA-256 或 SM3."""
    return hashlib.sha256 if name == "SHA-256" else lambda data: hashlib.new("sm3", data)


class Tickets:
    """签号：一行可读文字的杂凑值."""

    def __init__(self, head: dict[str, str], seed: str) -> None:
        self.new = new_hash(head["hash"])
        self.line = f"LAQD/1|%s|{head['draw']}|{seed}|%s"

    def digest(self, text: str) -> str:
        """一段文字的杂凑值."""
        return str(self.new(text.encode()).hexdigest())

    def one(self, purpose: str, item: str) -> str:
        """一个签号."""
        return self.digest(self.line % (purpose, item))

    def many(self, purpose: str, items: Iterable[str]) -> list[str]:
        """许多签号."""
        new, prefix = self.new, (self.line % (purpose, "")).encode()
        data = "\n".join(items).encode().split(b"\n")
        return [new(prefix + item).hexdigest() for item in data]


def check(cert: Cert, printed: str, folder: str) -> None:
    """逐项核对一份证书."""
    check_list(cert, printed, folder)
    head, lines = read_lines(cert["freeze_text"])
    for key in ("kind", "draw", "hash"):
        same(f"表头{key}", cert[key], head[key])
    ticket = Tickets(head, cert["seed"])
    check_seed(cert, head, ticket.digest)
    if cert["kind"] == "sample":
        check_result(cert, result := sample(head, lines["cases"], ticket), ticket.digest)
        check_missing(result, cert["events"])
    else:
        check_panels(cert, head, ticket)
    check_times(cert)


def check_panels(cert: Cert, head: dict[str, str], ticket: Tickets) -> None:
    """专家和匹配：verify_panels.py 推出结果和历次变动."""
    panels, sections = import_module("verify_panels"), read_list(cert["freeze_text"])[1]
    found = panels.derive(head, sections, ticket.one)
    lines = {
        name: ["\t".join(map(str, row)) + "\n" for row in part] for name, part in found.items()
    }
    result = {name: "".join(part) for name, part in lines.items()}
    check_result(cert, result, ticket.digest)
    events = panels.derive_events(cert, sections, ticket=ticket.one, result=found)
    for number, (recorded, due) in enumerate(events, 1):
        same(f"第{number}次变动（退出、缺卷、回避）", recorded, due)


def check_result(cert: Cert, result: dict[str, str], digest: Digest) -> None:
    """结果逐行核对，再核对指纹."""
    lines = ["LAQD/1", f"result={cert['kind']}", f"draw={cert['draw']}"]
    lines += [f"freeze={cert['freeze_hash']}", f"seed={cert['seed']}", ""]
    rows = [part for name, body in result.items() for part in (f"[{name}]\n", body)]
    text = "".join(["\n".join(lines), *rows])
    if text != cert["result_text"]:
        pairs = zip_longest(cert["result_text"].split("\n"), text.split("\n"), fillvalue="（无）")
        for number, (recorded, derived) in enumerate(pairs, 1):
            same(f"结果第{number}行", recorded, derived)
    same("结果指纹", cert["result_hash"], digest(text))


def check_times(cert: Cert) -> None:
    """每次变动写明原因，不早于它之前的步骤."""
    last = datetime.fromisoformat(cert["seed_entered_at"])
    for number, event in enumerate(cert["events"], 1):
        at = datetime.fromisoformat(event["at"])
        if at < last or not event.get("reason"):
            raise Difference(f"第{number}次变动没有写明原因，或时间早于它之前的步骤")
        last = at


def read(path: str, errors: str = "strict") -> str:
    """一个文件的内容，换行符照原样."""
    with open(path, encoding="utf-8", errors=errors, newline="") as file:
        return file.read()


def main() -> int:
    """读证书，核对，报告."""
    gc.disable()  # 几百万行的名单，一次次找垃圾比核对还慢
    if len(sys.argv) not in (2, 3):
        print(__doc__)
        return 2
    try:
        cert = json.loads(read(sys.argv[1]))
        printed = sys.argv[2] if len(sys.argv) == 3 else input(f"{SHEET}上的名单指纹（可留空）：")
        check(cert, printed.strip(), os.path.dirname(sys.argv[1]))
    except Difference as found:
        print(f"不一致：{found}。")
        return 1
    except (OSError, ValueError, KeyError, TypeError, IndexError, ImportError, EOFError) as error:
        print(f"没有核对成：证书不完整，或缺少所需文件、算法（{error!r}）。")
        return 2
    print(
        "一致。" if printed.strip() else f"一致，但没有核对{SHEET}：名单若整体被换，这里看不出来。"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
