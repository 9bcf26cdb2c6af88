"""候补: the ticket that would take the place of a drawn case, and what to do when none is left."""

from evaluations.models import Draw, DrawnCase
from evaluations.queries.draws_prepare import stratum_label
from evaluations.rules.certificates import run_draw
from evaluations.rules.sampling import Drawn, SampleResult, next_reserve


def reserve_of(draw: Draw, old: DrawnCase) -> Drawn | None:
    """The next unused ticket of the stratum, from list and seed; None when all are used."""
    result = run_draw(draw.freeze_text, seed=draw.seed).result
    if not isinstance(result, SampleResult):
        return None
    used = set(draw.events.values_list("replacement", flat=True))
    waiting = (one for one in result.reserve if one.case_no not in used)
    if not any(one.stratum == old.stratum for one in waiting):
        return None
    return next_reserve(result, missing=old.case.number, used=used)


def exhausted(old: DrawnCase) -> str:
    """Why this case cannot be exchanged, and the two ways that are left."""
    layer = "全部" if old.stratum == "all" else f"“{stratum_label(old.stratum)}”层"
    return (
        f"卷宗{old.case.label}没有案件可以递补：{layer}候补已经用完，不能由人另选。"
        "请向承办机构调取副本补齐卷宗，仍评这一件；实在补不齐的，由专家在评分表把缺材料的项目记作“无法评价”，写明缺什么。"
    )
