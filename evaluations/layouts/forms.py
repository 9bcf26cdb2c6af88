"""Forms of the evaluation that are signed and filed: 抽样记录, 评分表, 合议单."""

from evaluations.layouts.parts import (
    TEXT_WIDTH,
    cell,
    cells,
    columns,
    facts,
    list_table,
    para,
    row,
    signatures,
    table,
    when,
)


def title(text: str) -> str:
    """The name of a form."""
    return para(text, style="FormTitle")


def heading(text: str) -> str:
    """The name of a part of a form."""
    return para(text, style="FormHeading")


def note(text: str) -> str:
    """A line of explanation."""
    return para(text, style="FormNote")


def log() -> str:
    """What happened, when, by whom."""
    return list_table(
        "经过",
        ("时间", "时间", 1.9, "l"),
        ("事项", "事项", 3.4, "l"),
        ("经办", "经办", 0.9, "l"),
        small=True,
    )


def case_facts(*more: tuple[str, str]) -> str:
    """What identifies the file, never who handled it."""
    return facts(
        ("卷宗号", "{{ 卷宗号 }}"),
        ("案号", "{{ 案号 }}"),
        ("案件类型", "{{ 案件类型 }}"),
        ("案由", "{{ 案由 }}"),
        *more,
    )


def sample() -> str:
    """抽样记录."""
    seeds = list_table("随机数", ("名称", "名称", 2.8, "l"), ("内容", "内容", 3.4, "l"), small=True)
    return "".join(
        (
            title("评估案件随机抽选记录"),
            note("编号{{ 抽选编号 }}　　{{ 年度 }}年度　　依据：{{ 依据 }}"),
            sample_facts(),
            heading("随机数"),
            seeds,
            heading("分层结果"),
            sample_strata(),
            heading("抽中案件"),
            sample_cases(),
            sample_changes(),
            heading("现场经过"),
            log(),
            signatures("主持人", "录入人", "见证人", "纪检监督"),
            note("出具日期：{{ 日期 }}"),
        )
    )


def sample_facts() -> str:
    """Range, number, place, method and fingerprints of a sample."""
    return facts(
        ("抽选范围", "{{ 抽选范围 }}{% if 范围说明 %}（{{ 范围说明 }}）{% endif %}"),
        ("抽选数量", "{{ 抽选数量 }}{% if 数量说明 %}（{{ 数量说明 }}）{% endif %}"),
        ("地点", "{{ 地点 }}"),
        ("在场", "{{ 在场 }}"),
        ("方法", "{{ 方法 }}"),
        ("名单指纹", "{{ 名单指纹 }}"),
        ("结果指纹", "{{ 结果指纹 }}"),
        ("复算", "{{ 核验 }}"),
        per_row=1,
    )


def sample_strata() -> str:
    """Seats and last ticket of every stratum."""
    return list_table(
        "各层",
        ("层", "名称", 1, "l"),
        ("名单件数", "名单", 0.9, "r"),
        ("抽中件数", "抽中", 0.9, "r"),
        ("末位签号", "末位签号", 1.5, "c"),
        ("最先的候补", "候补", 1.9, "l"),
        small=True,
    )


def sample_cases() -> str:
    """The drawn cases in the order of their tickets."""
    return list_table(
        "案件",
        ("签序", "序号", 0.6, "c"),
        ("卷宗号", "卷宗号", 0.9, "c"),
        ("案号", "案号", 3, "l"),
        ("签号前12位", "签号", 1.7, "c"),
        small=True,
    )


def sample_changes() -> str:
    """What gave way to what after the draw; left out when nothing did."""
    changes = list_table(
        "变动",
        ("换下", "原案", 2.3, "l"),
        ("递补", "递补", 2.3, "l"),
        ("理由", "理由", 1.6, "l"),
        small=True,
    )
    return when("变动", heading("抽选以后的变动"), changes)


def score_sheet() -> str:
    """评分表."""
    head = note("{{ 年度 }}年度　{{ 轮次 }}　　标准：{{ 标准 }}") + case_facts(
        ("评估专家", "{{ 专家 }}（{{ 职责 }}）"), ("得分和等次", "{{ 得分 }}，{{ 等次 }}")
    )
    return "".join(
        (
            title("法律援助案件质量评分表"),
            head,
            score_items(),
            when("总体意见", note("总体意见：{{ 总体意见 }}")),
            note("封存时间：{{ 封存时间 }}"),
            note("封存指纹：{{ 封存指纹 }}"),
            signatures("评估专家签名", "日期"),
        )
    )


def score_items() -> str:
    """The items, with a heading row before the first of each 一级指标."""
    widths = columns(2.2, 0.7, 0.8, 2.5)
    whole = len(widths)
    heads = ("评估项目", "{{ 满分栏 }}", "{{ 评分栏 }}", "情形、页码、说明")
    fields = ("{{ 行.项目 }}", "{{ 行.满分 }}", "{{ 行.扣分 }}", "{{ 行.说明 }}")
    kinds = ["SmallCell", "SmallCellMiddle", "SmallCellMiddle", "SmallCell"]
    group = cell("{{ 行.分类 }}", TEXT_WIDTH, style="SmallCellGroup", span=whole)

    def tag(text: str) -> str:
        return row([cell(text, TEXT_WIDTH, span=whole)])

    rows = [
        row(cells(heads, widths, ["SmallCellHead"] * whole), head=True),
        tag("{%tr for 行 in 项目 %}"),
        tag("{%tr if 行.分类 %}"),
        row([group]),
        tag("{%tr endif %}"),
        row(cells(fields, widths, kinds)),
        tag("{%tr endfor %}"),
    ]
    return table(rows, widths)


def deliberation() -> str:
    """合议单: both sheets, where they differ, and how the grade came about."""
    head = case_facts(
        ("组长", "{{ 组长 }}：{{ 组长得分 }}"),
        ("组员", "{{ 组员 }}：{{ 组员得分 }}"),
        ("合议等次", "{{ 等次 }}（{{ 定级方式 }}）"),
        ("定级时间", "{{ 定级时间 }}"),
    )
    seals = (("组长评分表\n封存指纹", "{{ 组长指纹 }}"), ("组员评分表\n封存指纹", "{{ 组员指纹 }}"))
    return "".join(
        (
            title("法律援助案件质量评估合议单"),
            note("{{ 年度 }}年度　{{ 轮次 }}"),
            head,
            when("理由", note("定级理由：{{ 理由 }}")),
            when("不同意见", note("不同意见：{{ 不同意见 }}")),
            when("分歧", heading("两评对照"), differing()),
            heading("合议经过"),
            log(),
            facts(*seals, per_row=1),
            signatures("组长签名", "组员签名", "日期"),
        )
    )


def differing() -> str:
    """The items on which the two sheets differ, side by side."""
    return list_table(
        "分歧",
        ("评估项目", "项目", 1.6, "l"),
        ("{{ 满分栏 }}", "满分", 0.5, "c"),
        ("组长{{ 评分栏 }}", "组长", 0.75, "c"),
        ("组长说明", "组长说明", 1.3, "l"),
        ("组员{{ 评分栏 }}", "组员", 0.75, "c"),
        ("组员说明", "组员说明", 1.3, "l"),
        small=True,
    )
