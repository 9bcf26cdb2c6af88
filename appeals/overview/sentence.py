"""The sentence at the top of the page: where we are, how late, what it endangers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from appeals.overview.facts import Facts
from appeals.overview.track import short
from evaluations.queries.deadlines import terms_of
from evaluations.rules import terms
from evaluations.rules.stages import Stage
from wanzhou_eval.workdays import end_of_day


@dataclass(frozen=True)
class Part:
    """A piece of the sentence: plain, `strong` or `late`."""

    text: str
    kind: str = ""


def sentence(facts: Facts) -> list[Part]:
    """One sentence with numbers and a consequence for the stage the year is in."""
    return SENTENCES[Stage(facts.plan.stage)](facts)


def _sealed(facts: Facts) -> list[Part]:
    return [Part("名单已封存。下一步掷种子，抽选案件；种子只用一次，不能重来。")]


def _drawn(facts: Facts) -> list[Part]:
    count = Part(f"{facts.drawn}", "strong")
    return [Part("已抽出 "), count, Part(" 件。下一步抽选专家，组成小组。")]


def _empanelled(facts: Facts) -> list[Part]:
    count = Part(f"{facts.experts}", "strong")
    return [Part("已组成小组，"), count, Part(" 名专家。下一步登记回避，匹配案件。")]


def _matched(facts: Facts) -> list[Part]:
    return [Part(f"案件已匹配到小组。{short(facts.plan.marking_from)}起可以开评。")]


def _closed(facts: Facts) -> list[Part]:
    return [Part(f"{facts.plan.year}年度已归档，全部页面只读。")]


def _draft(facts: Facts) -> list[Part]:
    if not facts.cases:
        return [Part("方案还在拟定。先由中心导入办结案件台账。")]
    counts = facts.counts
    if counts.difference is None:
        return [
            Part(f"已导入 {facts.cases} 件，还没有录入申报件数。"),
            Part("核对前不能印发。", "late"),
        ]
    if counts.difference:
        return [
            Part(f"申报 {counts.declared} 件，导入、剔除和不导入合计 {counts.accounted} 件，"),
            Part(f"相差 {abs(counts.difference)} 件", "late"),
            Part("，核对前不能印发。"),
        ]
    return [Part(f"已导入 {facts.cases} 件，与申报一致。方案可以印发。")]


def _issued(facts: Facts) -> list[Part]:
    size = facts.plan.decided_size
    chosen = f"决定抽 {size} 件" if size else "抽样件数按规则计算"
    return [
        Part("方案已印发，"),
        Part(f"{facts.cases}", "strong"),
        Part(f" 件已核对，其中 {facts.excluded} 件剔除；{chosen}。下一步封存名单。"),
    ]


def _marking(facts: Facts) -> list[Part]:
    days = len(facts.marking_days)
    parts = [
        Part(f"第 6 步专家评分，今天第 {facts.days_elapsed} 天，共 {days} 天。"),
        Part(f"{facts.sheets} 份评分表已交 "),
        Part(f"{facts.sealed}", "strong"),
        Part(f" 份，按日程应交 {facts.sheets_planned} 份"),
    ]
    behind = facts.sheets_planned - facts.sealed
    if behind > 0:
        parts += [Part("，"), Part(f"落后 {behind} 份", "late")]
    parts.append(Part("。"))
    return parts + _consequence(facts)


def _consequence(facts: Facts) -> list[Part]:
    """The slowest person's forecast where it ends after the period: one's own pace, no average."""
    late = [row for row in facts.progress if row.forecast and row.forecast > facts.plan.marking_to]
    if not late:
        return []
    slowest = max(late, key=lambda row: row.forecast or facts.today)
    assert slowest.forecast is not None
    ended = end_of_day(facts.plan.marking_to) - timedelta(seconds=1)
    publish = terms.publication_due(ended, terms_of(facts.plan), facts.calendar, provisional=True)
    if slowest.forecast > publish.due:
        tail = f"，赶不上{short(publish.due)}公布。"
    else:
        tail = f"，晚于评估结束日{short(facts.plan.marking_to)}。"
    return [
        Part(f"照目前速度，{slowest.panel}{slowest.name}要到 "),
        Part(short(slowest.forecast), "late"),
        Part(tail),
    ]


def _marked(facts: Facts) -> list[Part]:
    due = facts.publication_due
    assert due is not None
    state = "已同意公布" if facts.approved else "等局领导审定"
    parts = [Part(f"{facts.graded} 件已定级，{state}。")]
    if due.is_over(facts.now) and not due.provisional:
        return [
            *parts,
            Part(f"{short(due.due)}的公布期限已过。", "late"),
            Part("请尽快公布并说明原因。"),
        ]
    return [*parts, Part("须在 "), Part(short(due.due), "strong"), Part(" 前公布。")]


def _published(facts: Facts) -> list[Part]:
    until = facts.appeal_until
    if until and facts.now < until:
        left = short(facts.appeal_due.due if facts.appeal_due else until)
        head = [
            Part("结果已公布，申辩到 "),
            Part(left, "strong"),
            Part(f" 24:00 止，已收 {facts.appeals} 件。"),
        ]
    else:
        head = [Part(f"申辩期已满，共收 {facts.appeals} 件。")]
    if facts.appeals_open:
        head += [Part(f"{facts.appeals_open} 件待反馈", "late"), Part("。")]
    if facts.open_consequences:
        head.append(Part(f"追回、调查和整改还有 {facts.open_consequences} 项未办结。"))
    return head


SENTENCES: dict[Stage, Callable[[Facts], list[Part]]] = {
    Stage.DRAFT: _draft,
    Stage.ISSUED: _issued,
    Stage.SEALED: _sealed,
    Stage.DRAWN: _drawn,
    Stage.EMPANELLED: _empanelled,
    Stage.MATCHED: _matched,
    Stage.MARKING: _marking,
    Stage.MARKED: _marked,
    Stage.PUBLISHED: _published,
    Stage.CLOSED: _closed,
}
