"""评分标准: the tables as the values that the rules compute with, and the pages of standards."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from evaluations.models import GradeBand, Item, Plan, ScoringStandard
from evaluations.rules import standards as rules
from evaluations.rules.standard_versions import (
    ItemChange,
    band_text,
    check_version,
    compare,
    remarks,
)
from wanzhou_eval.errors import RefusedError


def load_standard(standard: ScoringStandard) -> dict[str, rules.Standard]:
    """All scopes of a standard as values. Three queries, whatever its size."""
    bands = tuple(rule_band(band) for band in standard.bands.all())
    items = standard.items.prefetch_related("reasons")
    return {
        scope: rules.Standard(
            name=standard.name,
            version=standard.version,
            scope=scope,
            sections=_sections(group),
            bands=bands,
            method=rules.Method(standard.method),
        )
        for scope, group in groupby(items, key=lambda item: item.scope)
    }


def load_scope(standard: ScoringStandard, scope: str) -> tuple[rules.Standard, list[Item]]:
    """One scope as a value, with its rows in the same order."""
    return scope_of(standard.pk, scope, locked_at=standard.locked_at)


def scope_of(
    standard: int, scope: str, *, locked_at: datetime | None
) -> tuple[rules.Standard, list[Item]]:
    """As `load_scope`, by key. A locked standard never changes (a trigger sees to it).

    It is read once per process.
    """
    if locked_at is None:
        return read_scope(ScoringStandard.objects.get(pk=standard), scope)
    value, items = _locked_scope(standard, scope, locked_at)
    return value, list(items)


def item_in_use(key: str) -> Item | None:
    """The item of a locked standard by its key as a page sends it; None when there is none."""
    if not (key.isascii() and key.isdigit() and len(key) < 10):
        return None
    try:
        return _locked_item(int(key))
    except Item.DoesNotExist:
        return None


@lru_cache(maxsize=1024)
def _locked_item(pk: int) -> Item:
    items = Item.objects.filter(standard__locked_at__isnull=False)
    return items.prefetch_related("reasons").get(pk=pk)


@lru_cache(maxsize=64)
def _locked_scope(
    pk: int, scope: str, _locked_at: datetime
) -> tuple[rules.Standard, tuple[Item, ...]]:
    value, items = read_scope(ScoringStandard.objects.get(pk=pk), scope)
    return value, tuple(items)


def read_scope(standard: ScoringStandard, scope: str) -> tuple[rules.Standard, list[Item]]:
    """One scope as it stands in the database now. Three queries."""
    items = list(standard.items.filter(scope=scope).prefetch_related("reasons"))
    value = rules.Standard(
        name=standard.name,
        version=standard.version,
        scope=scope,
        sections=_sections(items),
        bands=tuple(rule_band(band) for band in standard.bands.all()),
        method=rules.Method(standard.method),
    )
    return value, items


def _sections(items: Iterable[Item]) -> tuple[rules.Section, ...]:
    return tuple(
        rules.Section(title=title, items=tuple(rule_item(item) for item in group))
        for title, group in groupby(items, key=lambda item: item.section)
    )


def rule_band(band: GradeBand) -> rules.Band:
    """A row of 等次 as the value of the rules."""
    return rules.Band(name=band.name, floor=band.floor, failing=band.failing)


def rule_item(item: Item) -> rules.Item:
    """A row of 评估项目 with its reasons as the value of the rules."""
    return rules.Item(
        number=item.number,
        title=item.title,
        full_marks=item.full_marks,
        guidance=item.guidance,
        rule=item.rule,
        where=item.where,
        training=item.training,
        veto=item.veto,
        na_allowed=item.na_allowed,
        by_level=item.by_level,
        reasons=tuple(
            rules.Reason(
                key=reason.ordinal,
                text=reason.text,
                low=reason.low,
                high=reason.high,
                other=reason.other,
            )
            for reason in item.reasons.all()
        ),
    )


@dataclass(frozen=True)
class ScopePart:
    """One 适用范围 as the standard's page lists it; `full_marks` is out of 100 when sound."""

    scope: str
    sections: tuple[rules.Section, ...]
    vetoes: tuple[rules.Item, ...]
    item_count: int
    full_marks: Decimal


@dataclass(frozen=True)
class StandardPage:
    """A version of a standard, its grades and scopes, and the years that mark by it."""

    standard: ScoringStandard
    bands: list[GradeBand]
    scopes: list[ScopePart]
    plans: list[Plan]
    content: dict[str, rules.Standard]
    problems: tuple[str, ...]
    remarks: tuple[str, ...]
    keys: dict[tuple[str, str], int]

    @property
    def by_level(self) -> bool:
        """Whether its items take levels."""
        return self.standard.by_level

    @property
    def editable(self) -> bool:
        """A draft: nobody scores by it and no year has chosen it."""
        return self.standard.locked_at is None and not self.plans


def standard_list() -> list[ScoringStandard]:
    """All versions, the newest first, with the years that mark by them. Two queries."""
    rows = ScoringStandard.objects.select_related("copied_from").prefetch_related("plans")
    return list(rows.order_by("-pk"))


def find_standard(pk: int) -> ScoringStandard:
    """A version by its key. Raises `RefusedError` (404) when there is none."""
    standard = ScoringStandard.objects.select_related("copied_from").filter(pk=pk).first()
    if standard is None:
        raise RefusedError("没有找到这一版评分标准。请回评分标准列表选择。", status=404)
    return standard


def standard_page(pk: int) -> StandardPage:
    """The whole content of a version. Raises `RefusedError` (404) when there is none."""
    standard = find_standard(pk)
    content = load_standard(standard)
    bands = list(standard.bands.all())
    rows = standard.items.values_list("scope", "number", "pk")
    return StandardPage(
        standard=standard,
        bands=bands,
        scopes=[_part(value) for value in content.values()],
        plans=list(standard.plans.all()),
        content=content,
        problems=check_version(
            content, [rule_band(band) for band in bands], method=rules.Method(standard.method)
        ),
        remarks=remarks(content),
        keys={(scope, number): key for scope, number, key in rows},
    )


def find_item(standard: ScoringStandard, pk: int) -> Item:
    """An item of this version. Raises `RefusedError` (404) when it is not there any more."""
    item = standard.items.prefetch_related("reasons").filter(pk=pk).first()
    if item is None:
        raise RefusedError("这一版里没有这个评估项目，可能刚被删除。请回标准页。", status=404)
    return item


def sections_known(standard: ScoringStandard) -> list[str]:
    """The 一级指标 of all scopes, for the form of an item."""
    rows = standard.items.order_by("scope", "ordinal").values_list("section", flat=True)
    return list(dict.fromkeys(rows))


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side: the grades, and every item that differs."""

    old: ScoringStandard
    new: ScoringStandard
    old_bands: str
    new_bands: str
    changes: tuple[ItemChange, ...]
    counts: dict[str, int]


def comparison(old: int, new: int) -> Comparison:
    """What the newer version added, removed and changed. Raises `RefusedError` (404)."""
    first, second = find_standard(old), find_standard(new)
    changes = compare(load_standard(first), load_standard(second))
    bands = [
        band_text([rule_band(b) for b in each.bands.all()], method=rules.Method(each.method))
        for each in (first, second)
    ]
    counts = Counter(change.kind for change in changes)
    return Comparison(first, second, bands[0], bands[1], changes, dict(counts))


def _part(value: rules.Standard) -> ScopePart:
    scored = [item for item in value.items if not item.veto]
    return ScopePart(
        scope=value.scope,
        sections=tuple(
            section for section in value.sections if not all(item.veto for item in section.items)
        ),
        vetoes=tuple(item for item in value.items if item.veto),
        item_count=len(scored),
        full_marks=sum((item.full_marks for item in scored), Decimal(0)),
    )
