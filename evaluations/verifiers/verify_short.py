"""一页纸核对抽案：python3 verify_short.py 证书.json 指纹单（表A）上的名单指纹（只用标准库）."""
# ruff: noqa: T201 - what this prints is what it is for

import hashlib
import json
import sys
from collections import Counter
from itertools import zip_longest
from pathlib import Path

cert = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
head = dict(line.split("=", 1) for line in cert["freeze_text"].split("\n[")[0].split("\n")[1:])
prefix = f"LAQD/1|%s|{head['draw']}|{cert['seed']}|%s"


def digest(text: str) -> str:
    """名单里写明的杂凑算法."""
    name = {"SHA-256": "sha256", "SM3": "sm3"}[head["hash"]]
    return hashlib.new(name, text.encode()).hexdigest()


def same(what: str, recorded: str, derived: str) -> None:
    """所记与重算不同就停下."""
    if recorded != derived:
        sys.exit(f"不一致：{what}：所记“{recorded}”，重算“{derived}”。")


same(
    "名单不是指纹单（表A）封存的那一份（哪一行不同，用 verify_draw.py 查）",
    sys.argv[2].replace(" ", "").lower(),
    digest(cert["freeze_text"]),
)
same("复读码（种子被改动）", cert["readback"], digest(prefix % ("readback", "-"))[:8])
if head["commit"] != "-":  # 封存的承诺：种子加号后面是启封的承诺值
    opened = digest(f"LAQD/1|commit|{head['draw']}|-|{cert['seed'].partition('+')[2]}")
    same("承诺值", head["commit"], opened)
if cert["kind"] != "sample" or head["min1"] != "0":
    sys.exit("专家、匹配和每层至少一件的抽样，请用 verify_draw.py 核对。")
fields = [["type", "month", "org"].index(name) for name in head["strata"].split("+") if name != "-"]
rows = [line.split("\t") for line in cert["freeze_text"].split("[cases]\n")[1].splitlines()]
stratum = {r[0]: ",".join(r[1:4][i] for i in fields) or "all" for r in rows if r[4] == "in"}
size = dict(sorted(Counter(stratum.values()).items()))
n, total = int(head["n"]), len(stratum)
quota = {key: n * count // total for key, count in size.items()}
left = {key: n * count % total for key, count in size.items()}
if head["alloc"] == "LR":  # 最大余数法
    for key in sorted(size, key=lambda key: (-left[key], -size[key], key))[
        : n - sum(quota.values())
    ]:
        quota[key] += 1
else:  # 随机系统取整
    point, walked = int(digest(prefix % ("start", "-")), 16) % total, 0
    for key in sorted(size, key=lambda key: digest(prefix % ("stratum", key))):
        walked += left[key]
        quota[key], point = (
            (quota[key] + 1, point + total) if point < walked else (quota[key], point)
        )
strata = [f"{key}\t{size[key]}\t{quota[key]}" for key in size]
drawn: list[tuple[str, str, str]] = []
reserve: list[tuple[str, str, str]] = []
for ticket, case in sorted((digest(prefix % ("case", case)), case) for case in stratum):
    (drawn if quota[stratum[case]] else reserve).append((case, stratum[case], ticket))
    quota[stratum[case]] -= bool(quota[stratum[case]])
parts = [["\t".join([str(i), *row]) for i, row in enumerate(part, 1)] for part in (drawn, reserve)]
named = [cert["freeze_hash"], cert["seed"], "[strata]", *strata, "[sample]", *parts[0], "[reserve]"]
derived = [
    "LAQD/1",
    "result=sample",
    f"draw={head['draw']}",
    "freeze=" + named[0],
    "seed=" + named[1],
]
pairs = zip_longest(
    cert["result_text"].split("\n"), [*derived, *named[2:], *parts[1], ""], fillvalue="（无）"
)
for number, (recorded, due) in enumerate(pairs, 1):
    same(f"结果第{number}行", recorded, due)
same("结果指纹", cert["result_hash"], digest(cert["result_text"]))
used: set[str] = set()
for number, event in enumerate(cert["events"], 1):  # 缺卷：同层下一个没用过的候补
    due = next(
        (c for c, key, _ in reserve if c not in used and key == stratum[event["missing"]]), "（无）"
    )
    same(f"第{number}次递补", event["new"], due)
    used.add(due)
print(f"一致：{total}件中抽{n}件，名额、签号、次序、递补全部重算相同。")
