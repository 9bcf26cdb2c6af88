"""评分标准 as versions: what is wrong with one, its fingerprint, how two differ (article 6.1)."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from evaluations.rules.grading import check_bands
from evaluations.rules.levels import DIRECTION
from evaluations.rules.standards import Band, Item, Method, Reason, Section, Standard, plain

Content = Mapping[str, Standard]
"""A whole version: every scope with its sections and the common bands."""
MOST_REASONS = 9
"""Reasons are chosen with the number keys 1 to 9."""
_PER_PIECE = re.compile(r"（每[^）]*）$")
_LETTERED = re.compile(r"([A-Z]{1,2})\s+(\S.*)")


def causes_of(item: Item) -> Item:
    """An item with marks as one that takes a level: causes without amounts, told once each.

    “缺件（每件）” is 缺件: a level is not counted by pieces. The sentence of 扣分规则 speaks of
    marks, so the causes stand in its place.
    """
    if item.veto:
        return item
    texts = {_PER_PIECE.sub("", reason.text): reason.other for reason in item.reasons}
    none = Decimal(0)
    told = "、".join(text for text, other in texts.items() if not other)
    return replace(
        item, full_marks=none, by_level=True, rule=f"{told}的，视轻重评 2 或 1" if told else "",
        reasons=tuple(
            Reason(key=key, text=text, low=none, high=none, other=other)
            for key, (text, other) in enumerate(texts.items(), 1)
        ),
    )  # fmt: skip


def section_letter(section: str) -> str:
    """The letter before a 一级指标, from which its items take their numbers; "" without one."""
    found = _LETTERED.fullmatch(section.strip())
    return found[1] if found else ""


def with_letter(section: str, *, known: Sequence[str]) -> str:
    """A typed 一级指标 under its letter: that of the same name, else the next free one."""
    typed = " ".join(section.split())
    if section_letter(typed):
        return typed
    for each in known:
        if each.partition(" ")[2] == typed:
            return each
    used = {section_letter(each) for each in known}
    free = next(letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXY" if letter not in used)
    return f"{free} {typed}"


def check_item(item: Item) -> tuple[str, ...]:
    """What is wrong with an item by itself; empty when an expert can work with it."""
    found = []
    if not item.veto and not item.by_level and item.full_marks <= 0:
        found.append("分值须大于 0。")
    if len(item.reasons) > MOST_REASONS:
        found.append(f"扣分情形最多{MOST_REASONS}条，用数字键 1 到 9 选。")
    if item.veto and item.reasons:
        found.append("一票否决项只记成立或不成立，不设扣分情形。")
    found += _check_amounts(item)
    texts = [reason.text for reason in item.reasons]
    if len(set(texts)) != len(texts):
        found.append("有两条扣分情形写得一样，请合并或改写。")
    listed = not item.by_level or item.reasons
    if listed and not item.veto and not any(reason.other for reason in item.reasons):
        found.append("请留一条“其他（写明理由）”，免得遇到没有列出的情形无法记。")
    return tuple(found)


def _check_amounts(item: Item) -> Iterator[str]:
    for reason in item.reasons:
        if item.by_level:
            if reason.high:
                yield f"情形“{reason.text}”：本项评等次，情形不写扣分。"
        elif not 0 < reason.low <= reason.high:
            yield f"情形“{reason.text}”：最少扣须大于 0，且不超过最多扣。"
        elif reason.high > item.full_marks:
            limit = plain(item.full_marks)
            yield f"情形“{reason.text}”最多扣{plain(reason.high)}分，超过本项满分{limit}分。"


def check_version(
    content: Content, bands: Sequence[Band], *, method: Method = Method.POINTS
) -> tuple[str, ...]:
    """What keeps a version from being adopted, as sentences; empty when it is sound."""
    found = list(check_bands(bands, method=method))
    if not content:
        found.append("没有一个评分项目。")
    for scope, standard in content.items():
        titles = [item.title for item in standard.items]
        double = sorted({title for title in titles if titles.count(title) > 1})
        found += [f"“{scope}”有两项都叫“{title}”。" for title in double]
        if all(item.veto for item in standard.items):
            found.append(f"“{scope}”只有一票否决项，没有可评分的项目。")
        for item in standard.items:
            found += [f"“{scope}”{item.number} {each}" for each in check_item(item)]
    return tuple(found)


def remarks(content: Content) -> tuple[str, ...]:
    """What is lawful and worth a look: marks that do not add up to 100."""
    sums = {
        scope: sum((item.full_marks for item in standard.items), Decimal(0))
        for scope, standard in content.items()
        if not standard.by_level
    }
    return tuple(
        f"“{scope}”各项分值合计{plain(total)}分，不是100分；评分时按满分折算为百分制。"
        for scope, total in sums.items()
        if total != 100
    )


def content_hash(content: Content, bands: Sequence[Band]) -> str:
    """SHA-256 over everything an expert reads and every amount, whatever the name and version."""
    facts = {
        "bands": [[band.name, plain(band.floor), band.failing] for band in bands],
        "items": [
            [scope, section.title, *_texts(item)]
            for scope, standard in sorted(content.items())
            for section in standard.sections
            for item in section.items
        ],
    }
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _texts(item: Item) -> list[object]:
    return [
        item.number, item.title, item.guidance, item.rule, item.where, item.training,
        plain(item.full_marks), item.veto, item.na_allowed,
        [[r.key, r.text, plain(r.low), plain(r.high), r.other] for r in item.reasons],
        *(["levels"] if item.by_level else []),
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing of an item that reads differently."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ItemChange:
    """An item that was added, removed or changed; `kind` is the word for people."""

    scope: str
    number: str
    title: str
    kind: str
    changes: tuple[Change, ...] = ()


def compare(old: Content, new: Content) -> tuple[ItemChange, ...]:
    """What was added, removed and changed, in the order of the newer version.

    A new number alone is no change. An item is the same where its title is, else where number
    and 评分说明 are: a moved or renamed item stays itself.
    """
    found: list[ItemChange] = []
    for scope in dict.fromkeys((*new, *old)):
        before, after = _placed(old.get(scope)), _placed(new.get(scope))
        pairs = _paired(before, after)
        for index, (section, item) in enumerate(after):
            match = pairs.get(index)
            if match is None:
                found.append(_change(scope, item, "新增", Change(
                    label="分值", before="", after=_marks(item))))  # fmt: skip
                continue
            changes = tuple(_differences(before[match], (section, item)))
            if any(change.label != "编号" for change in changes):
                found.append(_change(scope, item, "修改", *changes))
        gone = [each for place, each in enumerate(before) if place not in pairs.values()]
        found += [
            _change(scope, item, "删除", Change(label="分值", before=_marks(item), after=""))
            for _, item in gone
        ]
    return tuple(found)


def _change(scope: str, item: Item, kind: str, *changes: Change) -> ItemChange:
    return ItemChange(scope=scope, number=item.number, title=item.title, kind=kind, changes=changes)


def _placed(standard: Standard | None) -> list[tuple[Section, Item]]:
    sections = standard.sections if standard else ()
    return [(section, item) for section in sections for item in section.items]


def _paired(
    before: Sequence[tuple[Section, Item]], after: Sequence[tuple[Section, Item]]
) -> dict[int, int]:
    """Places of the newer list → places of the older one."""
    pairs: dict[int, int] = {}
    for key in (_by_title, _by_place):
        free = {
            key(item): place
            for place, (_, item) in enumerate(before)
            if place not in pairs.values()
        }
        for place, (_, item) in enumerate(after):
            if place not in pairs and key(item) in free:
                pairs[place] = free.pop(key(item))
    return pairs


def _by_title(item: Item) -> tuple[str, ...]:
    return (item.title,)


def _by_place(item: Item) -> tuple[str, ...]:
    """A renamed item keeps its number and what it asks."""
    return item.number, item.guidance


def _differences(before: tuple[Section, Item], after: tuple[Section, Item]) -> Iterator[Change]:
    for (label, old), (_, new) in zip(_shown(*before), _shown(*after), strict=True):
        if old != new:
            yield Change(label=label, before=old, after=new)


def _shown(section: Section, item: Item) -> list[tuple[str, str]]:
    return [
        ("编号", item.number),
        ("一级指标", section.title),
        ("评估项目", item.title),
        ("分值", _marks(item)),
        ("评分说明", item.guidance),
        ("扣分规则", item.rule),
        ("扣分情形", "；".join(reason_text(reason) for reason in item.reasons)),
        ("可记不适用", "可以" if item.na_allowed else "不可以"),
        ("看卷位置", item.where),
        ("培训口径", item.training),
    ]


def _marks(item: Item) -> str:
    if item.by_level:
        return f"评等次（{DIRECTION}）"
    return "一票否决" if item.veto else f"{plain(item.full_marks)} 分"


def reason_text(reason: Reason) -> str:
    """A reason as one line: 缺件 扣2, 不全 扣1-3; the cause of a low level by itself."""
    if not reason.high:
        return reason.text
    amount = plain(reason.low) if reason.fixed else f"{plain(reason.low)}-{plain(reason.high)}"
    return f"{reason.text} 扣{amount}"


def band_text(bands: Sequence[Band], *, method: Method = Method.POINTS) -> str:
    """The grades as one line, the highest first."""
    ordered = sorted(bands, key=lambda band: -band.floor)
    told = "、".join(f"{band.name}≥{plain(band.floor)}" for band in ordered)
    return f"总体判断 {told}" if method is Method.LEVELS else told
