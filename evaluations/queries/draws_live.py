"""现场投影: what the screen in the room shows at each step, and what it asks for every second."""

from django.utils import timezone

from evaluations.models import Draw, DrawKind
from evaluations.queries.draws import (
    TITLES,
    UNITS,
    Step,
    phases,
    step_of,
    summary_of,
)
from evaluations.queries.draws_calls import Call, calls
from evaluations.queries.draws_seed import commitment_lines, readback_of, seed_dice

FEW, MANY = 12, 80
"""Names up to FEW are shown in wide cells; numbers beyond MANY in small ones."""
AHEAD = (
    (Step.SHEET, "各方拿指纹单逐组核对名单指纹，签名"),
    (Step.FIRST, "监督人按宣布的次序当众掷出随机数，一人录入"),
    (Step.SECOND, "换另一人再录一遍，两遍相同才执行"),
    (Step.READING, "结果一次算定，先念结果指纹，再逐条宣读"),
    (Step.SIGN, "打印抽选记录，各方签名锁定"),
)


def live_state(draw: Draw) -> dict[str, object]:
    """What the projector asks for every second."""
    items = calls(draw)
    read = items[: draw.announced]
    return {
        "phase": step_of(draw, total=len(items)),
        "said": draw.announced,
        "paused": draw.paused,
        "numbers": [item.text for item in read],
        "kinds": [item.kind for item in read],
        "voided": draw.void_reason if draw.voided_at else "",
    }


def live_page(draw: Draw) -> dict[str, object]:
    """The projector: steps, seed, fingerprints and the board, nothing that is not public yet."""
    items = calls(draw)
    said, unit, step = draw.announced, UNITS[DrawKind(draw.kind)], step_of(draw, total=len(items))
    return {
        "title": f"{draw.plan.year} 年度{TITLES[DrawKind(draw.kind)]}",
        "summary": summary_of(draw),
        "phases": phases(draw, total=len(items)),
        "phase_key": step,
        "board": board_of(items, said=said, reading=step == Step.READING),
        "width": width_of(draw, len(items)),
        "before": bool(items) and not said,
        "call": call_of(draw, items, step=step),
        "said": said,
        "paused": draw.paused,
        "unit": unit,
        "dice": seed_dice(draw),
        "commitment": commitment_lines(draw),
        "tails": fingerprints(draw),
        "voided": void_lines(draw),
        "ahead": [] if items else ahead(step),
        "list_hash": "" if items else draw.freeze_hash,
        "hash_name": draw.hash_name,
        "place": f"{draw.plan.place}　{draw.code}",
    }


def board_of(items: list[Call], *, said: int, reading: bool) -> list[dict[str, object]]:
    """One cell per item; what is not read out yet is only a number."""
    return [
        {"text": item.text if at <= said else "", "position": at, "last": reading and at == said}
        for at, item in enumerate(items, 1)
    ]


def width_of(draw: Draw, count: int) -> str:
    """Class of the board: a few names, the usual ten columns, or many numbers."""
    if draw.kind in {DrawKind.EXPERTS, DrawKind.REVIEW} or count <= FEW:
        return "few"
    return "many" if count > MANY else ""


def call_of(draw: Draw, items: list[Call], *, step: str) -> dict[str, str]:
    """The big word and what stands beside it; the result's fingerprint before the first name."""
    said, unit = draw.announced, UNITS[DrawKind(draw.kind)]
    if not items:
        return {"lead": waiting_sentence(draw)}
    count = f"{len(items)} {unit}"
    if step == Step.SIGN:
        return {"big": count, "line": "全部宣读完毕，请各方在打印的抽选记录上签名"}
    if step == Step.LOCKED:
        return {"big": count, "line": "各方已签名，抽选记录已锁定，不再变化"}
    if said == 0:
        tail = f"{draw.result_hash[-8:-4]} {draw.result_hash[-4:]}"
        return {"big": tail, "line": "这是结果指纹末 8 位，先念它，再宣读"}
    item = items[said - 1]
    return {"big": item.text, "line": f"第 {said} {unit}　{item.kind}"}


def ahead(step: str) -> list[dict[str, object]]:
    """What will happen in the room, with the step that is being done."""
    return [{"text": text, "now": key == step} for key, text in AHEAD]


def void_lines(draw: Draw) -> dict[str, str]:
    """Reason and consequence of a void draw in large text."""
    if not draw.voided_at:
        return {}
    at = f"{timezone.localtime(draw.voided_at):%H:%M}"
    return {
        "reason": draw.void_reason,
        "after": f"{at} 两人确认作废。名单、随机数和结果照样保留；再抽须重新封存、重新掷骰。",
    }


def fingerprints(draw: Draw) -> list[dict[str, str]]:
    """The two fingerprints the room writes down; the result's before the first name."""
    rows = [{"label": "名单指纹末 8 位", "value": draw.freeze_hash}]
    if not draw.seed and (code := readback_of(draw)):
        rows.append({"label": "复读码", "value": code})
    if draw.result_hash:
        rows.append({"label": "结果指纹末 8 位", "value": draw.result_hash})
    return rows


def waiting_sentence(draw: Draw) -> str:
    """What the room waits for before there is a result."""
    if not draw.sheet_a_at:
        return "名单已封存，请核对并在指纹单上签名"
    if not draw.first_typed_by_id:
        return "请按宣布的次序掷出随机数"
    if draw.commitment:
        return "请当众启封，由另一人第二遍录入数字和承诺值"
    return "请核对复读码，另一人录入第二遍"
