"""核对抽选证书：python verify_draw.py 证书.json [签字表A上的名单指纹].

只用 Python 3.9 以上的标准库，不联网。由名单和种子重新推出名单指纹、复读码、全部签号、各层名额、
抽中与候补的次序和每一次递补；专家和匹配的证书另由同一文件夹里的 verify_panels.py 推出。
不重查名单里的用字和抽样比例（离线核对网页会查）。退出码：0 一致，1 不一致，2 没有核对成。
"""
# ruff: noqa: B905, RUF007, T201 - zip(strict=) and pairwise need Python 3.10

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from typing import Any

Sections = dict[str, list[list[str]]]
Ticket = Callable[[str, str], str]


class Difference(Exception):  # noqa: N818
    """第一处不一致."""


def read_list(text: str) -> tuple[dict[str, str], Sections]:
    """拆开名单：表头和各节；每节各行按字节严格升序."""
    head, *blocks = re.split(r"^\[(\w+)\]\n", text, flags=re.M)
    headers = dict(line.split("=", 1) for line in head.splitlines()[1:])
    sections = {}
    for name, block in zip(blocks[::2], blocks[1::2]):
        lines = block.splitlines()
        for above, below in zip(lines, lines[1:]):
            if above >= below:
                raise Difference(f"名单“{below}”一行重复或次序不对")
        sections[name] = [line.split("\t") for line in lines]
    return headers, sections


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


def sample(head: dict[str, str], sections: Sections, ticket: Ticket) -> dict[str, Any]:
    """抽样：按签号从小到大，层里还有名额的抽中，其余候补."""
    names = [] if head["strata"] == "-" else head["strata"].split("+")
    picks = [["type", "month", "org"].index(name) + 1 for name in names]
    cases = [row for row in sections["cases"] if row[4] == "in"]
    key = {row[0]: ",".join([row[i] for i in picks]) or "all" for row in cases}
    size = dict(sorted(Counter(key.values()).items()))
    quota = quotas(size, head, ticket)
    strata = [(k, size[k], quota[k]) for k in size]
    rows: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]] = ([], [])
    for value, case_no in sorted([(ticket("case", case_no), case_no) for case_no in key]):
        stratum = key[case_no]
        where = rows[not quota[stratum]]
        quota[stratum] -= where is rows[0]
        where.append((len(where) + 1, case_no, stratum, value))
    return {"strata": strata, "sample": rows[0], "reserve": rows[1]}


def check_missing(result: dict[str, Any], events: list[dict[str, str]]) -> None:
    """缺卷：下一个没用过的同层候补递补."""
    stratum, used = {row[1]: row[2] for row in result["sample"]}, set()
    for number, event in enumerate(events, 1):
        free = [r for r in result["reserve"] if r[1] not in used]
        first = next((r[1] for r in free if r[2] == stratum.get(event["missing"])), "（无）")
        if event["new"] != first:
            raise Difference(f"第{number}次递补写“{event['new']}”，按签序应为“{first}”")
        used.add(first)
        stratum[first] = stratum[event["missing"]]


def same(what: str, recorded: str, derived: str) -> None:
    """所记与重算相同."""
    if recorded != derived:
        raise Difference(f"{what}：所记 {recorded}，应为 {derived}")


def check_list(cert: dict[str, Any], head: dict[str, str], frozen: str, printed: str) -> None:
    """名单：签字表A、指纹、表头."""
    if printed:
        same("名单不是签字表A封存的那一份", re.sub(r"[\s-]", "", printed).lower(), frozen)
    same("名单指纹（名单被改动）", cert["freeze_hash"], frozen)
    for key in ("kind", "draw", "hash"):
        same(f"表头{key}", cert[key], head[key])


def check_seed(cert: dict[str, Any], head: dict[str, str], digest: Callable[[str], str]) -> None:
    """种子：位数、承诺值、复读码、先封存后出种子."""
    source = r"[1-6]{31,200}" if cert["seed_source"] == "d6" else r"[0-9]{20,200}"
    digits, _, secret = cert["seed"].partition("+")
    if not re.fullmatch(source, digits) or bool(secret) != (head["commit"] != "-"):
        raise Difference("种子位数、数字或承诺值不合规定")
    if secret:
        same("承诺值", digest(f"LAQD/1|commit|{head['draw']}|-|{secret}"), head["commit"])
    code = digest(f"LAQD/1|readback|{head['draw']}|{cert['seed']}|-")[:8]
    same("复读码（种子被改动）", cert["readback"], code)
    times = [datetime.fromisoformat(cert[key]) for key in ("frozen_at", "seed_entered_at")]
    if times[0] >= times[1]:
        raise Difference("种子录入不晚于名单封存")


def tickets_of(head: dict[str, str], seed: str) -> Ticket:
    """签号：一行可读文字的杂凑值."""
    name = {"SHA-256": "sha256", "SM3": "sm3"}[head["hash"]]
    line = f"LAQD/1|%s|{head['draw']}|{seed}|%s"
    return lambda purpose, item: hashlib.new(name, (line % (purpose, item)).encode()).hexdigest()


def check(cert: dict[str, Any], printed: str) -> None:
    """逐项核对一份证书."""
    name = {"SHA-256": "sha256", "SM3": "sm3"}[cert["hash"]]

    def digest(text: str) -> str:
        return hashlib.new(name, text.encode()).hexdigest()

    head, sections = read_list(cert["freeze_text"])
    frozen = digest(cert["freeze_text"])
    check_list(cert, head, frozen, printed)
    check_seed(cert, head, digest)

    ticket = tickets_of(head, cert["seed"])
    if cert["kind"] == "sample":
        result = sample(head, sections, ticket)
        check_result(cert, frozen, result)
        check_missing(result, cert["events"])
    else:
        panels = import_module("verify_panels")
        result = panels.derive(head, sections, ticket)
        check_result(cert, frozen, result)
        for recorded, due in panels.derive_events(cert, sections, ticket=ticket, result=result):
            same("变动（退出、缺卷、回避）", recorded, due)
    same("结果指纹", cert["result_hash"], digest(cert["result_text"]))


def check_result(cert: dict[str, Any], frozen: str, result: dict[str, Any]) -> None:
    """结果逐行核对."""
    lines = ["LAQD/1", f"result={cert['kind']}", f"draw={cert['draw']}", f"freeze={frozen}"]
    lines.append(f"seed={cert['seed']}")
    for name, rows in result.items():
        lines += [f"[{name}]", *["\t".join(map(str, row)) for row in rows]]
    pairs = zip_longest(cert["result_text"].split("\n"), [*lines, ""], fillvalue="（无）")
    for number, (recorded, derived) in enumerate(pairs, 1):
        if recorded != derived:
            raise Difference(f"结果第{number}行：所记“{recorded}”，应为“{derived}”")


def main() -> int:
    """读证书，核对，报告."""
    if len(sys.argv) not in (2, 3):
        print(__doc__)
        return 2
    try:
        cert = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        printed = sys.argv[2] if len(sys.argv) == 3 else input("签字表A上的名单指纹（可留空）：")
        check(cert, printed.strip())
    except Difference as found:
        print(f"不一致：{found}。")
        return 1
    except (OSError, ValueError, KeyError, TypeError, IndexError, ImportError, EOFError) as error:
        print(f"没有核对成：证书不完整，或缺少所需文件、算法（{error!r}）。")
        return 2
    print(
        "一致。" if printed.strip() else "一致，但没有核对签字表A：名单若整体被换，这里看不出来。"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
