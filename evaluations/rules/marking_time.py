"""评分时间: when a score sheet may be worked on (articles 3 and 6 of the plan)."""

from dataclasses import dataclass
from datetime import date

from evaluations.rules.stages import Stage

ON_PAPER = (
    "这一件正按签名的纸质评分表录入，网上不能同时评。要改在网上评，请区法律援助中心先撤销录入。"
)
"""Why an expert cannot enter anything while the own signed paper is being typed."""


@dataclass(frozen=True, kw_only=True)
class MarkingTime:
    """What decides whether a sheet is open: its own state, the plan's, and the plan's day."""

    withdrawn: bool
    review: bool
    stage: str
    today: date
    first: date
    last: date

    @property
    def why_closed(self) -> str:
        """Why the sheet cannot be worked on now, as a sentence; empty when it is open."""
        if self.withdrawn:
            return "这张评分表因回避或退出已收回，请停止评卷并把卷宗交回科室。"
        if self.review:
            published = self.stage == Stage.PUBLISHED
            return "" if published else "复评只在公布以后、归档以前办理，现在不能评。"
        if self.stage != Stage.MARKING:
            return "评分阶段已经结束，评分表只能查看。有疑问请联系公共法律服务科。"
        if self.today < self.first:
            day = f"{self.first.month}月{self.first.day}日"
            return f"评估从{day}开始，现在只能查看，不能评分。"
        if self.today > self.last:
            day = f"{self.last.month}月{self.last.day}日"
            return f"评分已于{day} 24:00 截止，已锁定。要补交请联系公共法律服务科延长评估时间。"
        return ""
