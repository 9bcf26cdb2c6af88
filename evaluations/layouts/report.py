"""评估报告: the bureau's analysis, to be completed in Word."""

from evaluations.layouts.parts import list_table, para, when


def heading(text: str) -> str:
    """一、 in 黑体."""
    return para(text, style="Heading1")


def second(text: str) -> str:
    """（一） in 楷体."""
    return para(text, style="Heading2")


def counted(name: str, first: str, title: str) -> str:
    """A table of cases by grade, left out when there is nothing in it."""
    return when(name, second(title), three(name, (first, "件数", "各等次件数"), "分布"))


def three(name: str, heads: tuple[str, str, str], last: str) -> str:
    """名称, 件数 and one column more."""
    first, second, third = heads
    return list_table(
        name, (first, "名称", 2.4, "l"), (second, "件数", 0.8, "r"), (third, last, 3, "l")
    )


def report() -> str:
    """评估报告 as a paper of the bureau."""
    return "".join(
        (
            para("万州区{{ 年度 }}年度\n法律援助案件质量评估报告", style="Title"),
            basics(),
            results(),
            quality(),
            problems(),
            heading("五、下一步措施"),
            para("{{ 下一步措施 }}", style="Lead"),
            para("重庆市万州区司法局", style="Sender"),
            para("{{ 日期 }}", style="Dated"),
        )
    )


def basics() -> str:
    """What was evaluated, when and by whom."""
    return heading("一、基本情况") + para(
        "根据《{{ 方案名称 }}》{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}，"
        "{{ 评估时间 }}，在{{ 评估地点 }}对{{ 年度 }}年度法律援助案件质量开展评估。"
        "抽选范围内可抽案件{{ 办结件数 }}件，随机抽评{{ 抽评件数 }}件，"
        "由{{ 小组数 }}个评估小组、{{ 专家数 }}名评估专家实行一案两评。"
    )


def results() -> str:
    """The grades, and what they say of all cases."""
    return "".join(
        (
            heading("二、评估结果"),
            para("{{ 总体结论 }}"),
            when("推算", para("{{ 推算 }}")),
            counted("类型分布", "案件类型", "（一）按案件类型"),
            counted("机构分布", "承办机构", "（二）按承办机构"),
            counted("日常等次对照", "日常（一案一评）等次", "（三）与日常评估对照"),
        )
    )


def quality() -> str:
    """How the two experts agreed and who decided."""
    pairs = list_table(
        "小组一致性",
        ("小组", "小组", 1.5, "l"),
        ("件数", "件数", 0.5, "r"),
        ("等次一致率", "一致率", 2.3, "l"),
        ("组长减组员的平均分差", "分差", 1.9, "l"),
        small=True,
    )
    ways = three("定级方式", ("定级方式", "件数", "比例"), "比例")
    return "".join(
        (
            heading("三、评估质量"),
            para("两名专家分别评定的等次一致率为{{ 一致率 }}。{{ 组长决定 }}"),
            when("定级方式", ways),
            when("小组一致性", second("各小组两名专家同案比较"), pairs),
        )
    )


def problems() -> str:
    """Where the marks were lost, and what the panels report."""
    items = list_table(
        "失分项目",
        ("评估项目", "项目", 4, "l"),
        ("失分", "失分", 1, "r"),
        ("失分率", "失分率", 1, "r"),
    )
    told = list_table("小组报告", ("小组", "小组", 1.4, "l"), ("汇总报告", "内容", 4.8, "l"))
    return "".join(
        (
            heading("四、主要问题"),
            when("失分项目", para("失分（评等次的为评一般、差）最多的项目：", style="Lead"), items),
            when("存在问题", para("{{ 存在问题 }}")),
            when("小组报告", second("评估小组汇总报告"), told),
        )
    )
