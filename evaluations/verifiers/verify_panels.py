"""verify_draw.py 的另一半：专家证书和匹配证书，由名单和种子重新推出全部结果和变动.

“还能不能安置”一律用增广路回答是或否，结果与用什么求解方法无关。
"""
# ruff: noqa: B905 - zip(strict=) needs Python 3.10

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

Sections = dict[str, list[list[str]]]
Ticket = Callable[[str, str], str]


def placed(options: Sequence[Sequence[Any]], room: dict[Any, int]) -> int:
    """最多能安置几项：options 是每项可去之处，room 是各处容量."""
    inside: dict[Any, list[int]] = {place: [] for place in room}

    def seat(item: int, seen: set[Any]) -> bool:
        for place in options[item]:
            if place in seen or not room[place]:
                continue
            seen.add(place)
            if len(inside[place]) < room[place]:
                inside[place].append(item)
                return True
            for other in list(inside[place]):
                if seat(other, seen):
                    inside[place].remove(other)
                    inside[place].append(item)
                    return True
        return False

    return sum(seat(item, set()) for item in range(len(options)))


def feasible(options: Sequence[Sequence[Any]], low: dict[str, int], up: dict[str, int]) -> bool:
    """每项都能安置，且每处下限都能填满；两者各自可行就能同时做到（Mendelsohn–Dulmage）."""
    return placed(options, up) == len(options) and placed(options, low) == sum(low.values())


def derive(head: dict[str, str], sections: Sections, ticket: Ticket) -> dict[str, Any]:
    """推出专家或匹配的结果."""
    return (experts if head["kind"] == "experts" else match)(head, sections, ticket)


def read_pool(sections: Sections) -> dict[str, tuple[str, list[str], bool]]:
    """在库专家：机构、专业、能否任组长."""
    rows = sections["pool"]
    return {r[0]: (r[1], r[2].split(","), r[3] == "1") for r in rows if r[4] == "in"}


def can_fill(
    pool: dict[str, tuple[str, list[str], bool]],
    seats: list[tuple[str, bool]],
    taken: dict[str, str],
) -> bool:
    """录用的人各有席位，且全部席位（含每组一名组长）仍能填满；两者可同时做到."""
    fits = {
        p: [
            i
            for i, (c, lead) in enumerate(seats)
            if c in ([taken[p]] if p in taken else pool[p][1]) and (pool[p][2] or not lead)
        ]
        for p in pool
    }
    able = [[p for p in pool if i in fits[p]] for i in range(len(seats))]
    one_each = dict.fromkeys(range(len(seats)), 1)
    everybody = placed([fits[p] for p in taken], one_each) == len(taken)
    return everybody and placed(able, dict.fromkeys(pool, 1)) == len(seats)


def queue(c: str, pool: dict[str, Any], ticket: Ticket) -> list[tuple[str, str]]:
    """一类专家按签号排队."""
    return sorted((ticket("expert", f"{c}|{p}"), p) for p in pool if c in pool[p][1])


def experts(head: dict[str, str], sections: Sections, ticket: Ticket) -> dict[str, Any]:
    """专家：按签号逐人，其余席位仍能填满的录用；其余的人按签号候补."""
    pool = read_pool(sections)
    slots = [(c, int(q)) for c, q in (slot.split(":") for slot in head["slots"].split(","))]
    seats = [(c, i < q // 2) for c, q in slots for i in range(q)]
    taken: dict[str, str] = {}
    out: dict[str, Any] = {"drawn": [], "alternates": [], "groups": [], "flags": []}
    order = {c: queue(c, pool, ticket) for c, _ in slots}
    if not can_fill(pool, seats, taken):
        raise ValueError("专家库填不满席位")
    for c, q in slots:
        rank = 0
        for value, p in order[c]:
            if p in taken or rank == q:
                continue
            if can_fill(pool, seats, {**taken, p: c}):
                rank, taken[p] = rank + 1, c
                out["drawn"].append((c, rank, p, value))
            else:
                out["flags"].append(("skipped", c, p))
    for c, _ in slots:
        rest = [(value, p) for value, p in order[c] if p not in taken]
        out["alternates"] += [(c, f"{i:03d}", p, value) for i, (value, p) in enumerate(rest, 1)]
        form(c, [p for p in taken if taken[p] == c], out=out, ticket=ticket, pool=pool, head=head)
    return out


def form(c: str, people: list[str], *, out: dict[str, Any], ticket: Ticket, **given: Any) -> None:
    """组长按签号取前几名；组员逐个进组；同一机构的组注明."""
    pool, distinct = given["pool"], given["head"]["pair_distinct_org"] == "1"
    able = [p for p in people if pool[p][2]]
    leaders = sorted(able, key=lambda p: ticket("leader", p))[: len(people) // 2]
    members = sorted(set(people) - set(leaders), key=lambda p: ticket("member", p))
    orgs = [pool[p][0] for p in leaders], [pool[p][0] for p in members]
    partner = pair(*orgs) if distinct else dict(enumerate(range(len(leaders))))
    for g, leader in enumerate(leaders):
        member = members[partner[g]]
        out["groups"].append((f"{c}-{g + 1}", c, leader, member))
        if distinct and pool[leader][0] == pool[member][0]:
            out["flags"].append(("pair_relaxed", c, f"{c}-{g + 1}"))


def pair(leaders: list[str], members: list[str]) -> dict[int, int]:
    """组员逐个进第一个空组，使不同机构的组始终能有最多；参数是各人的机构."""
    free, partner = list(range(len(leaders))), {}
    for i, org in enumerate(members):
        gains = {}
        for group in free:
            others = [g for g in free if g != group]
            later = [[g for g in others if leaders[g] != m] for m in members[i + 1 :]]
            gains[group] = placed(later, dict.fromkeys(others, 1)) + (leaders[group] != org)
        best = max(free, key=gains.__getitem__)
        partner[best] = i
        free.remove(best)
    return partner


def seatings(sections: Sections, case: list[str], extra: Sequence[Any] = ()) -> dict[str, Any]:
    """可评小组：先取两人都不回避的；一个也没有，才由首名不回避的候补顶替."""
    case_no, kind, orgs, handlers, _ = case
    values = {"case": [case_no], "org": orgs.split(","), "handler": handlers.split(",")}
    out = {p for p, org in sections["experts"] if org in values["org"] or p in values["handler"]}
    out |= {p for p, scope, v, _ in [*sections["conflicts"], *extra] if v in values[scope]}
    c = "criminal" if kind == "criminal" else "civil"
    groups = [g for g in sections["groups"] if g[1] == c]
    found = {g[0]: (g[2], g[3], "-") for g in groups if not out & {g[2], g[3]}}
    spare = [p for cat, _, p in sections["alternates"] if cat == c and p not in out]
    for g in [] if found else groups:
        gone = [p for p in g[2:] if p in out]
        if len(gone) <= len(spare):
            stay = [p for p in g[2:] if p not in out] + spare
            note = ",".join(f"{old}>{new}" for old, new in zip(gone, spare))
            found[g[0]] = (stay[0], stay[1], note)
    return found


def match(head: dict[str, str], sections: Sections, ticket: Ticket) -> dict[str, Any]:
    """匹配：上下限、抽签多评一件的组、逐件分配."""
    out: dict[str, Any] = {"limits": [], "load": [], "assign": []}
    load = {g[0]: 0 for g in sections["groups"]}
    for c in ("civil", "criminal"):
        rows = [r for r in sections["cases"] if r[4] == "S"]
        mine = [r for r in rows if (r[1] == "criminal") == (c == "criminal")]
        if mine:
            cases = {r[0]: seatings(sections, r) for r in mine}
            groups = [g[0] for g in sections["groups"] if g[1] == c]
            limits, low, up = find_limits(c, groups, cases, ticket)
            out["limits"].append(limits)
            out["assign"] += assign(c, cases, low=low, up=up, ticket=ticket)
    for row in out["assign"]:
        load[row[3]] += 1
    out["load"] = list(load.items())
    return out


def find_limits(
    c: str, groups: list[str], cases: dict[str, Any], ticket: Ticket
) -> tuple[tuple[Any, ...], dict[str, int], dict[str, int]]:
    """最小的上限、再最大的下限；相差一件时抽签决定哪些组多评一件."""
    options, n, k = [list(found) for found in cases.values()], len(cases), len(groups)
    if not all(options):
        raise ValueError("有案件没有可以评估的小组")
    least, most = n // k, -(-n // k)
    while placed(options, dict.fromkeys(groups, most)) < n:
        most += 1
    while placed(options, dict.fromkeys(groups, least)) < least * k:
        least -= 1
    low, up = dict.fromkeys(groups, least), dict.fromkeys(groups, most)
    for g in sorted(groups, key=lambda g: ticket("match-extra", g)) if most - least == 1 else []:
        if feasible(options, {**low, g: most}, up):
            low[g] = most
        else:
            up[g] = least
    relaxed = int((least, most) != (n // k, -(-n // k)))
    return (c, n, k, least, most, relaxed), low, up


def assign(
    c: str, cases: dict[str, Any], *, low: dict[str, int], up: dict[str, int], ticket: Ticket
) -> list[tuple[Any, ...]]:
    """案件按签号排队，各取第一个使其余案件仍能安置的组."""
    waiting, rows = sorted(cases, key=lambda no: ticket("match-case", no)), []
    for rank in range(1, len(waiting) + 1):
        no = waiting.pop(0)
        options = [list(cases[other]) for other in waiting]
        for g in sorted(cases[no], key=lambda g: ticket("match-edge", f"{no}|{g}")):
            lower, upper = {**low, g: max(low[g] - 1, 0)}, {**up, g: up[g] - 1}
            if up[g] and feasible(options, lower, upper):
                break
        low, up = lower, upper
        rows.append((c, rank, no, g, *cases[no][g]))
    return rows


def derive_events(
    cert: dict[str, Any], sections: Sections, *, ticket: Ticket, result: dict[str, Any]
) -> list[tuple[str, str]]:
    """逐次推出退出、缺卷、事后回避：所记的和应为的."""
    if cert["kind"] == "experts":
        distinct = "\npair_distinct_org=1\n" in cert["freeze_text"]
        code = cert["freeze_text"].partition("\ndraw=")[2].partition("\n")[0]
        tail = code.rpartition("-")[2]
        review = tail[:1] == "R" and tail[1:].isdigit()
        events = cert["events"] if review else [*takewhile(no_others, cert["events"])]
        found = withdrawals(events, sections, result, distinct=distinct)
        return found if events == cert["events"] else [*found, OTHERS]
    return changes(cert["events"], sections, ticket, result)


OTHERS = ("另列跳过的候补", "（只有复评组抽选可以）")


def no_others(event: dict[str, Any]) -> bool:
    """这次递补没有另列跳过的候补."""
    return not event.get("also")


def withdrawals(
    events: list[dict[str, Any]], sections: Sections, result: dict[str, Any], *, distinct: bool
) -> list[tuple[str, str]]:
    """专家退出：首名没用过、使组内仍有人能任组长的候补，另一机构的优先."""
    pool = read_pool(sections)
    groups: dict[str, list[str]] = {}
    gone: set[str] = set()
    found: list[tuple[str, str]] = []
    groups.update({g[0]: list(g[2:]) for g in result["groups"]})
    for event in events:
        old = event["withdrawn"]
        code = next((g for g, both in groups.items() if old in both), "")
        if not code:
            return [*found, (old, "（这次退出的人不在任何小组里）")]
        stay = next(p for p in groups[code] if p != old)
        gone.update([old, *(person for person, _ in event.get("also", []))])
        seated = gone.union(*groups.values())
        order = [a[2] for a in result["alternates"] if a[0] == code.rpartition("-")[0]]
        fit = [p for p in order if p not in seated and (pool[stay][2] or pool[p][2])]
        apart = [p for p in fit if pool[p][0] != pool[stay][0]]
        due, *_ = [*(apart if distinct else []), *fit, "（无）"]
        groups[code] = [stay, due] if pool[stay][2] else [due, stay]
        found.append((event["new"], due))
    return found


def with_panels(sections: Sections, panels: dict[str, list[str]]) -> Sections:
    """专家退出换人以后的小组；进了小组的不再是候补."""
    groups = [[*g[:2], *panels.get(g[0], g[2:])] for g in sections["groups"]]
    seated = {person for g in groups for person in g[2:]}
    spare = [a for a in sections["alternates"] if a[2] not in seated]
    return {**sections, "groups": groups, "alternates": spare}


def changes(
    events: list[dict[str, Any]], sections: Sections, ticket: Ticket, result: dict[str, Any]
) -> list[tuple[str, str]]:
    """匹配后的变动：原组能评仍归原组，否则归件数最少的组，相同看签号；其余不动."""
    at = {row[2]: row[3] for row in result["assign"]}
    extra, found = [], []
    rows = {row[0]: row for row in sections["cases"]}
    for event in events:
        late = "recused" in event
        old, no = (event["case"],) * 2 if late else (event["missing"], event["new"])
        if late:
            extra.append((event["recused"], "case", no, event["reason"]))
        extra += [(person, "case", no, reason) for person, reason in event.get("also", [])]
        home = at.pop(old)
        load = list(at.values())
        able = seatings(with_panels(sections, event.get("panels", {})), rows[no], extra)
        due = min(able, key=lambda g: (g != home, load.count(g), ticket("replace", f"{no}|{g}")))
        at[no] = due
        found.append((event["new"] if late else event["group"], due))
        seats = zip(("leader", "member"), able[due])
        found += [(event[seat], person) for seat, person in seats if seat in event]
    return found
