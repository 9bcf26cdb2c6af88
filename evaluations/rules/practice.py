"""演练卷: a made-up case with five items, to meet the page before the first real file.

The keys of items are places in the list; nothing of this is ever stored with the evaluation.
"""

from decimal import Decimal

from evaluations.rules.grading import CHONGQING_BANDS
from evaluations.rules.standards import Item, Reason, Section, Standard

SCOPE = "民事"


def _reasons(*told: tuple[str, str, str], full: int) -> tuple[Reason, ...]:
    rows = (*told, ("其他（写明理由）", "0.5", str(full)))
    return tuple(
        Reason(
            key=key, text=text, low=Decimal(low), high=Decimal(high), other=key == len(rows)
        )
        for key, (text, low, high) in enumerate(rows, 1)
    )  # fmt: skip


SECTIONS = (
    Section(
        title="A 手续",
        items=(
            Item(
                number="A1", title="委托材料", full_marks=Decimal(20),
                guidance="委托协议、授权委托书齐全，签名和日期完整",
                rule="缺件扣5分；签名不全扣2分", where="卷宗第 1—6 页",
                training="演练：卷内两样都有、都签了名，直接按 Enter，就是不扣分。",
                reasons=_reasons(("缺件", "5", "5"), ("签名不全", "2", "2"), full=20),
            ),
            Item(
                number="A2", title="权利义务告知", full_marks=Decimal(20),
                guidance="书面告知受援人权利义务，有签收",
                rule="未签收扣4分", where="卷宗第 7 页",
                training="演练：告知书在，受援人没有签收。输入 4 按 Enter，按 1 选情形，填页码 7。",
                reasons=_reasons(("未签收", "4", "4"), ("未告知", "20", "20"), full=20),
            ),
        ),
    ),
    Section(
        title="B 办理",
        items=(
            Item(
                number="B1", title="证据收集", full_marks=Decimal(30),
                guidance="按案情收集、申请调取证据",
                rule="不完整酌情扣1至10分", where="卷宗第 8—31 页",
                training="演练：范围扣分自己定分数，例如扣 3 分；改主意时回到这一项重填。",
                reasons=_reasons(("收集不完整", "1", "10"), full=30),
            ),
            Item(
                number="B2", title="出庭", full_marks=Decimal(20),
                guidance="按时出庭，发表代理意见",
                rule="未发表代理意见扣10分", where="庭审笔录",
                training="演练：本案以调解结案，没有开庭。勾“不适用”，在说明里写“调解结案未开庭”。",
                reasons=_reasons(("未发表代理意见", "10", "10"), full=20),
            ),
            Item(
                number="B3", title="结案归档", full_marks=Decimal(10), na_allowed=False,
                guidance="结案后按时归档，目录齐全", rule="目录不全扣1分", where="卷宗目录",
                training="演练：一节里其余都不扣分时，也可以点“本节其余项不扣分”。",
                reasons=_reasons(("目录不全", "1", "1"), full=10),
            ),
        ),
    ),
    Section(
        title="Z 一票否决",
        items=(
            Item(
                number="Z1", title="伪造材料", full_marks=Decimal(0), veto=True,
                guidance="演练：没有就不勾",
            ),
        ),
    ),
)  # fmt: skip
PRACTICE = Standard(name="演练卷", version=1, scope=SCOPE, sections=SECTIONS, bands=CHONGQING_BANDS)
