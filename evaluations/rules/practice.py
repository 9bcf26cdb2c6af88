"""演练卷: a made-up case with five items, to meet the page before the first real file.

There is one for each method: `practice_of`.

The keys of items are places in the list; nothing of this is ever stored with the evaluation.
"""

from dataclasses import replace
from decimal import Decimal

from evaluations.rules.grading import CHONGQING_BANDS, THREE_OF_FIVE
from evaluations.rules.standards import Item, Method, Reason, Section, Standard

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
LEVEL_HINTS = {
    "A1": ("缺件的评 1", "演练：卷内两样都有、都签了名。按 3，就是评“好”并跳到下一项。"),
    "A2": ("没有告知的评 1", "演练：没有签收。按 1，再按 1 选情形，按 Tab 填页码 7，回车。"),
    "B1": ("不完整的评 2", "演练：有缺漏但不影响案件，按 2；想写两句，按 ↑ 回来填说明。"),
    "B2": ("未发表代理意见的评 1", "演练：没有开庭。按 N 记“不适用”，说明里写“调解结案未开庭”。"),
    "B3": ("目录不全的评 2", "演练：也可以点“本节其余项评 3”。全部评完，作总体判断、写意见。"),
}  # fmt: skip


def _by_level(item: Item) -> Item:
    """The same item for levels: causes without amounts, hints for its own keys."""
    if item.veto:
        return item
    rule, training = LEVEL_HINTS[item.number]
    none = Decimal(0)
    causes = tuple(replace(reason, low=none, high=none) for reason in item.reasons)
    return replace(
        item, full_marks=none, by_level=True, rule=rule, training=training, reasons=causes
    )


PRACTICE_LEVELS = Standard(
    name="演练卷", version=1, scope=SCOPE, bands=THREE_OF_FIVE, method=Method.LEVELS,
    sections=tuple(
        replace(section, items=tuple(_by_level(item) for item in section.items))
        for section in SECTIONS
    ),
)  # fmt: skip


def practice_of(method: str) -> Standard:
    """The practice sheet of a method."""
    return PRACTICE_LEVELS if method == Method.LEVELS else PRACTICE
