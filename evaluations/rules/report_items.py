"""失分项目 of the report: how much the sheets took off an item, or how low it was rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from evaluations.rules.report_counts import ItemCount


@dataclass(frozen=True)
class ItemLoss:
    """How much of an item's marks the sheets took off, in per cent of what could be lost.

    Where items take levels, the share of sheets below the best; `levels` are how often 3, 2 and 1
    were given.
    """

    scope: str
    title: str
    lost: Decimal
    percent: Decimal
    scored: int
    skipped: int
    vetoed: int
    levels: tuple[int, ...] = ()

    @property
    def weak(self) -> bool:
        """Whether anything was taken off, or a level was below the best."""
        return bool(self.lost) or bool(sum(self.levels[1:]))


def item_losses(items: Sequence[ItemCount]) -> list[ItemLoss]:
    """Items by the share of their marks that was taken off; 不适用 and 无法评价 do not count."""
    found = []
    for item in items:
        full, lost = Decimal(item.full) * item.scored, Decimal(item.lost)
        share = (lost * 100 / full).quantize(Decimal("0.1")) if full else Decimal(0)
        if item.levels:
            share = percent_of(sum(item.levels[1:]), sum(item.levels))
        title = f"{item.number} {item.title}"
        found.append(
            ItemLoss(
                item.scope, title, lost, share, item.scored, item.skipped, item.vetoed, item.levels
            )
        )
    return sorted(found, key=lambda loss: (-loss.percent, loss.scope, loss.title))


def percent_of(part: int, whole: int) -> Decimal:
    """A share in per cent, to a tenth."""
    return (Decimal(part * 100) / Decimal(whole or 1)).quantize(Decimal("0.1"))
