"""抽选记录: the certificate of a draw as a document page, from its texts."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from evaluations.models import Draw, DrawKind
from evaluations.queries.draws_calls import (
    CATEGORY_LABELS,
    call_count,
    case_facts,
    panel_name,
)
from evaluations.queries.draws_prepare import STRATUM_LABELS
from evaluations.queries.draws_proof import Proof, certificate_of, proof_of_text
from evaluations.queries.draws_record_events import EventRow, event_rows
from evaluations.queries.draws_record_experts import (
    Queue,
    expert_names,
    flag_sentences,
    price_sentences,
    queues,
)
from evaluations.queries.draws_seed import HELD_METHOD, seed_rows
from evaluations.queries.draws_text import headers_of, sections_of, whole_frame
from evaluations.queries.draws_tickets import (
    Tickets,
    tickets_of,
)
from evaluations.rules.certificates import certificate_json

NAMES_OF_KIND = {
    DrawKind.SAMPLE: "评估案件随机抽选记录",
    DrawKind.EXPERTS: "评估专家随机抽选记录",
    DrawKind.MATCH: "案件与小组随机匹配记录",
    DrawKind.REVIEW: "复评组随机抽选记录",
}
METHODS = {
    DrawKind.SAMPLE: (
        "每件案件的签号＝{hash}（LAQD/1|case|编号|随机数|案号）。按签号从小到大排队，"
        "各层取满席位为止，其余按同一次序候补。随机数在名单指纹公布之后当场掷出；"
        "用同一名单、同一随机数，任何人重算都得到同一结果。"
    ),
    DrawKind.EXPERTS: (
        "每名专家的签号＝{hash}（LAQD/1|expert|编号|随机数|类别|专家代码）。按签号从小到大，"
        "在保证每组有一名可任组长者的前提下取满席位，其余依次候补；组长和组员另按各自签号配对，"
        "两人尽量不在同一机构。"
    ),
    DrawKind.MATCH: (
        "先排除本人、同机构、曾执业机构和申报的回避关系，再按签号逐件安排；各组件数相差不超过一件，"
        "只选仍能使其余案件全部避开回避的小组。封存名单时已验算存在完整的匹配方案。"
    ),
    DrawKind.REVIEW: (
        "从没有评过本案、没有回避关系的本类别专家中，按签号从小到大取两名，其余依次候补。"
        "签号＝{hash}（LAQD/1|expert|编号|随机数|类别|专家代码）。"
    ),
}
OF_PEOPLE = {DrawKind.EXPERTS, DrawKind.REVIEW}


@dataclass(frozen=True)
class Fact:
    """A cell of the head table."""

    label: str
    text: str
    sub: str = ""


@dataclass(frozen=True)
class Block:
    """A table of results: numbers in ticket order, or people."""

    heading: str
    items: list[str]
    size: str = ""
    note: str = ""


@dataclass(frozen=True)
class Record:
    """Everything on the certificate page."""

    draw: Draw
    title: str
    basis: str
    facts: list[list[Fact]]
    seeds: list[tuple[str, str]]
    prints: list[dict[str, str]]
    method: str
    blocks: list[Block]
    tickets: Tickets
    queues: list[Queue]
    prices: list[str]
    code: str
    events: list[EventRow]
    log: list[dict[str, str]]
    proof: Proof | None
    notes: list[str]
    read_out: bool


def record_page(draw: Draw) -> Record:
    """The record of a draw, re-computed on the spot. A fixed number of queries."""
    kind = DrawKind(draw.kind)
    headers = headers_of(draw.freeze_text)
    read_out = bool(draw.drawn_at) and draw.announced >= call_count(draw)
    facts, blocks, notes = content_of(draw, headers)
    return Record(
        draw=draw,
        title=NAMES_OF_KIND[kind],
        basis=basis(draw),
        facts=[facts, place_facts(draw)],
        seeds=seed_rows(draw),
        prints=print_rows(draw),
        method=METHODS[kind].format(hash=draw.hash_name) + (HELD_METHOD if draw.commitment else ""),
        blocks=blocks if read_out else [],
        tickets=tickets_of(draw) if read_out else Tickets([], []),
        queues=queues(draw) if read_out and kind in OF_PEOPLE else [],
        prices=price_sentences(draw) if read_out and kind == DrawKind.EXPERTS else [],
        code=code_text(draw),
        events=event_rows(draw),
        log=ceremony_log(draw),
        proof=proof_now(draw) if draw.result_hash else None,
        notes=notes if read_out else [],
        read_out=read_out,
    )


def proof_now(draw: Draw) -> Proof:
    """The proof of the draw as it is stored at this moment."""
    return proof_of_text(certificate_json(certificate_of(draw)))


def content_of(draw: Draw, headers: dict[str, str]) -> tuple[list[Fact], list[Block], list[str]]:
    """The part that differs by kind: facts, result blocks, remarks."""
    if draw.kind == DrawKind.SAMPLE:
        return sample_facts(draw, headers), [], []
    if draw.kind == DrawKind.MATCH:
        return match_facts(draw), match_blocks(draw), []
    return pool_facts(draw, headers), expert_blocks(draw), flag_sentences(draw)


def basis(draw: Draw) -> str:
    """The plan with its document number."""
    plan = draw.plan
    article = {"sample": "第四部分", "review": "第六部分第3项"}.get(draw.kind, "第五部分")
    document = f"（{plan.document}）" if plan.document else ""
    return f"《{plan.title}》{document}{article}"


def place_facts(draw: Draw) -> list[Fact]:
    """Where and before whom."""
    return [Fact("地点", draw.plan.place), Fact("在场", draw.witnesses or "待登记")]


def sample_facts(draw: Draw, headers: dict[str, str]) -> list[Fact]:
    """Range and size with the rule's number and the reason for another."""
    rows = sections_of(draw.freeze_text)["cases"]
    counts = {kind: sum(row[1] == kind for row in rows) for kind in ("criminal", "civil", "admin")}
    excluded = sum(row[4] != "in" for row in rows)
    kinds = "，".join(f"{STRATUM_LABELS[kind]} {count}" for kind, count in counts.items() if count)
    frame = draw.plan.frame
    window = f"{frame.window_from:%Y年%-m月%-d日}至{frame.window_to:%Y年%-m月%-d日}"
    all_taken = whole_frame(int(headers["size_by_rule"]), len(rows) - excluded)
    size = f"按规则 {headers['size_by_rule']} 件{all_taken}"
    if headers["override"] != "-":
        size += f"；{headers['override']}"
    return [
        Fact(
            "抽选范围",
            f"{window}办结案件 {len(rows)} 件（{kinds}）",
            f"其中 {excluded} 件剔除，可抽 {len(rows) - excluded} 件" if excluded else "",
        ),
        Fact("抽选数量", f"{headers['n']} 件", size),
    ]


def pool_facts(draw: Draw, headers: dict[str, str]) -> list[Fact]:
    """Pool and seats."""
    rows = sections_of(draw.freeze_text)["pool"]
    inside = sum(row[4] == "in" for row in rows)
    seats = "，".join(
        f"{CATEGORY_LABELS[name]} {count} 人"
        for name, count in (part.split(":") for part in headers["slots"].split(","))
    )
    target = f"复评案件 {draw.target}" if draw.target else "每组两人，其中一人为组长"
    return [
        Fact("抽选范围", f"专家库 {len(rows)} 人，可抽 {inside} 人"),
        Fact("抽选数量", seats, target),
    ]


def match_facts(draw: Draw) -> list[Fact]:
    """Cases, panels and relations."""
    rows = sections_of(draw.freeze_text)
    placed = sum(row[4] == "S" for row in rows["cases"])
    return [
        Fact("匹配范围", f"抽中案件 {placed} 件，小组 {len(rows['groups'])} 个"),
        Fact("回避", f"申报和曾执业机构 {len(rows['conflicts'])} 条", "本人、同机构由系统核对"),
    ]


def code_text(draw: Draw) -> str:
    """What the QR code of the record holds: both fingerprints, in full."""
    if not draw.result_hash:
        return ""
    return f"LAQD/1|{draw.code}|{draw.hash_name}|{draw.freeze_hash}|{draw.result_hash}"


def print_rows(draw: Draw) -> list[dict[str, str]]:
    """The fingerprints in full, in groups of four, as they are read aloud."""
    previous = draw.previous
    rows = [
        ("名单指纹", draw.freeze_hash),
        ("封存的承诺", draw.commitment),
        ("清洗台账", draw.cleaning_hash),
        (f"上一次 {previous}", previous.result_hash if previous else ""),
        ("结果指纹", draw.result_hash),
    ]
    return [{"label": label, "value": in_fours(value)} for label, value in rows if value]


def in_fours(text: str) -> str:
    """A fingerprint in groups of four."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def expert_blocks(draw: Draw) -> list[Block]:
    """Panels with leader and member."""
    result = sections_of(draw.result_text)
    if not result:
        return []
    names = expert_names(draw)
    return [
        Block(
            "复评组" if draw.target else panel_name(code),
            [f"{names[leader]}（组长）", names[member]],
            size="two",
        )
        for code, _, leader, member in result["groups"]
    ]


def match_blocks(draw: Draw) -> list[Block]:
    """File numbers per panel; cases with a stand-in are marked."""
    result = sections_of(draw.result_text)
    if not result:
        return []
    facts = case_facts(draw, [row[2] for row in result["assign"]])
    blocks = []
    for code, load in sorted(result["load"], key=lambda row: (row[0].startswith("civil"), row[0])):
        rows = [row for row in result["assign"] if row[3] == code]
        items = [facts[row[2]][0] + ("＊" if row[6] != "-" else "") for row in rows]
        stand_in = any(row[6] != "-" for row in rows)
        blocks.append(
            Block(
                f"{panel_name(code)} {load} 件",
                items,
                note="＊ 本组有人须回避，由候补专家代替评估该案" if stand_in else "",
            )
        )
    return blocks


def ceremony_log(draw: Draw) -> list[dict[str, str]]:
    """现场经过: what happened when, and by whom."""
    opened = "启封录入承诺值，与封存的承诺相符" if draw.commitment else "复读码一致"
    rows: list[tuple[datetime | None, str, object]] = [
        (draw.frozen_at, "名单封存，公布名单指纹", draw.frozen_by),
        (draw.sheet_a_at, "指纹单签名", draw.sheet_a_by),
        (draw.seed_entered_at, f"两人录入随机数，{opened}", draw.seed_entered_by),
        (draw.drawn_at, "执行抽选，公布结果指纹", None),
        (draw.signed_at, "宣读完毕，各方签名，记录锁定", None),
        (draw.voided_at, f"作废：{draw.void_reason}", draw.void_confirmed_by),
    ]
    return [
        {
            "time": f"{timezone.localtime(moment):%H:%M}",
            "text": text,
            "who": getattr(who, "name", ""),
        }
        for moment, text, who in rows
        if moment
    ]
