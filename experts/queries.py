"""What the pages of the pool show."""

from dataclasses import dataclass

from experts.models import Expert
from wanzhou_eval.errors import RefusedError


@dataclass(frozen=True)
class PoolCounts:
    """The pool in numbers: `local` may be drawn."""

    total: int
    local: int
    criminal: int
    civil: int
    leaders: int


@dataclass(frozen=True)
class Pool:
    """专家 page of a year."""

    experts: list[Expert]
    counts: PoolCounts


def pool() -> Pool:
    """The whole pool with former firms."""
    experts = list(
        Expert.objects.select_related("person__firm").prefetch_related("former_firms__firm")
    )
    drawable = [expert for expert in experts if expert.is_local and expert.active]
    counts = PoolCounts(
        total=len(experts),
        local=len(drawable),
        criminal=sum(expert.criminal for expert in drawable),
        civil=sum(expert.civil for expert in drawable),
        leaders=sum(expert.may_lead for expert in drawable),
    )
    return Pool(experts, counts)


def find_expert(pk: int) -> Expert:
    """An expert. Raises `RefusedError` (404)."""
    expert = Expert.objects.select_related("person__firm").filter(pk=pk).first()
    if expert is None:
        raise RefusedError("没有找到这位专家。请回专家页重新选择。", status=404)
    return expert
