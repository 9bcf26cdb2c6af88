"""Results: 送审单 for the leader, 复评意见书 for the file, 公布稿 and 补贴发放表."""

from evaluations.layouts.forms import heading, note, title
from evaluations.layouts.parts import (
    Column,
    cell,
    columns,
    facts,
    list_table,
    para,
    row,
    signatures,
    table,
    when,
)


def approval() -> str:
    """送审单: one page, three things to decide, none of them a grade."""
    return "".join(
        (
            para("重庆市万州区司法局", style="FormIssuer"),
            title("{{ 年度 }}年度评估结果送审单"),
            note(
                "公共法律服务科{% if 送审日期 %}　{{ 送审人 }}于{{ 送审日期 }}送审{% endif %}"
                "　　出具日期：{{ 日期 }}"
            ),
            note(
                "抽评{{ 抽评件数 }}件，{{ 各等次 }}，优良率{{ 优良率 }}。{{ 程序情况 }}依据"
                "《{{ 方案名称 }}》{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}，请审定以下三项。"
            ),
            approval_items(),
            approval_tables(),
            when("审定意见", note("审定：{{ 审定意见 }}　{{ 审定人 }}　{{ 审定日期 }}")),
            signatures("科室负责人", "分管领导", "局主要领导", "日期", height=760),
        )
    )


def approval_items() -> str:
    """The three decisions with boxes to tick."""
    widths = columns(0.4, 3.9, 1.9)
    items = (
        ("定级结果", "各小组评定的等次，共{{ 抽评件数 }}件", "□同意　□退回补正程序"),
        ("公布（{{ 公布期限 }}前）", "{{ 公布范围 }}", "□同意　□退回补正程序"),
        ("不合格案件处理", "{{ 处理意见 }}", "□同意　□另行研究"),
    )
    rows = [
        row(
            (
                cell(str(number), widths[0], style="SmallCellMiddle"),
                cell(f"{what}：{how}", widths[1], style="SmallCell"),
                cell(boxes, widths[2], style="SmallCell"),
            )
        )
        for number, (what, how, boxes) in enumerate(items, start=1)
    ]
    return table(rows, widths)


def approval_tables() -> str:
    """Grades by type, the items that lost most, the failing cases."""
    grades = list_table(
        "等次分布",
        ("类型", "名称", 1.6, "l"),
        ("件数", "件数", 0.8, "r"),
        ("各等次件数", "分布", 3.8, "l"),
        small=True,
    )
    lost = list_table(
        "失分项目",
        ("失分最多的项目（评等次的为评一般、差最多的）", "项目", 5, "l"),
        ("失分率", "失分率", 1.2, "r"),
        small=True,
    )
    failing = list_table(
        "不合格案件",
        ("卷宗号", "卷宗号", 0.6, "c"),
        ("案号", "案号", 1.25, "l"),
        ("承办机构", "承办机构", 1.25, "l"),
        ("两评得分或判断", "得分", 0.75, "c"),
        ("主要问题", "问题", 2.35, "l"),
        small=True,
    )
    return grades + when("失分项目", lost) + when("不合格案件", failing)


def review() -> str:
    """复评意见书, filed: with the names of the two who reviewed."""
    head = facts(
        ("卷宗号", "{{ 卷宗号 }}"),
        ("案号", "{{ 案号 }}"),
        ("案件类型", "{{ 案件类型 }}"),
        ("申辩人", "{{ 申辩人 }}（{{ 收到日期 }}收到）"),
        ("原等次", "{{ 原等次 }}"),
        ("复评组", "{{ 组长 }}（组长）、{{ 组员 }}"),
        ("复评等次", "{{ 复评等次 }}"),
        ("结论", "{{ 结论 }}；{{ 评定方式 }}，{{ 评定时间 }}"),
    )
    return "".join(
        (
            title("法律援助案件质量复评意见书"),
            note("{{ 年度 }}年度　　复评组抽选编号{{ 抽选编号 }}"),
            head,
            heading("逐项意见"),
            answered(small=True),
            heading("审查意见"),
            note("{{ 审查意见 }}"),
            when("不同意见", note("不同意见：{{ 不同意见 }}")),
            signatures("复评组组长签名", "复评组组员签名", "日期"),
            note("出具日期：{{ 日期 }}"),
        )
    )


def answered(*, small: bool) -> str:
    """The grounds of an appeal with the panel's view on each."""
    return list_table(
        "异议事项",
        ("序号", "#", 0.5, "c"),
        ("异议项目", "项目", 1.4, "l"),
        ("申辩理由", "理由", 2.1, "l"),
        ("审查意见", "意见", 2.2, "l"),
        small=small,
    )


def publication() -> str:
    """公布稿: what the public reads, nothing else."""
    return "".join(
        (
            para("重庆市万州区司法局", style="Issuer"),
            para("{{ 年度 }}年度法律援助案件\n质量评估结果公布", style="Title"),
            para(
                "根据《{{ 方案名称 }}》{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}，现将"
                "{{ 年度 }}年度法律援助案件质量评估结果予以公布，共{{ 件数 }}件，{{ 各等次 }}。"
            ),
            when("更正说明", para("本次为第{{ 版次 }}版，重新公布的原因：{{ 更正说明 }}。")),
            para(
                "法律援助人员对评估结果有异议的，可以在首次公布之日起{{ 申辩工作日 }}个工作日内"
                "（{{ 申辩期限 }}24:00前）向我局提出书面申辩意见，对同一案件以一次为限。"
                "{% if 受理部门 %}受理：{{ 受理部门 }}。{% endif %}",
                style="Lead",
            ),
            para("重庆市万州区司法局", style="Sender"),
            para("{{ 公布日期 }}", style="Dated"),
            para("附件", style="Attached"),
            para("评估结果名单（第{{ 版次 }}版）", style="FormTitle"),
            published_cases(),
            para("公布稿指纹：{{ 指纹 }}", style="FormNote"),
        )
    )


def published_cases() -> str:
    """The columns of the public list; that of the handlers only where the plan names them."""
    return "".join(
        (
            para("{%p if 写承办人 %}"),
            _published(("承办人", "承办人", 0.8, "l")),
            para("{%p else %}"),
            _published(),
            para("{%p endif %}"),
        )
    )


def _published(*handlers: Column) -> str:
    return list_table(
        "案件",
        ("序号", "序号", 0.42, "c"),
        ("{{ 编号名称 }}", "编号", 1.95, "l"),
        ("类型", "类型", 0.5, "l"),
        ("承办机构", "机构", 1.9, "l"),
        ("受援人", "受援人", 0.8, "l"),
        *handlers,
        ("等次", "等次", 0.65, "l"),
        small=True,
    )


def allowances() -> str:
    """补贴发放表: 件次, 单价, 金额, 大写 and a column to sign; the total below."""
    officials = list_table(
        "公职专家",
        ("姓名", "姓名", 1.2, "l"),
        ("单位", "单位", 4, "l"),
        ("件次", "件次", 1, "c"),
        small=True,
    )
    return "".join(
        (
            title("{{ 年度 }}年度法律援助案件质量评估补贴发放表"),
            note(
                "依据《{{ 方案名称 }}》{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}第八部分，"
                "每件次{{ 单价 }}元；{{ 计算办法 }}。单位：元"
            ),
            paid(),
            when("公职专家", note("公职人员，不发放："), officials),
            signatures("制表人", "复核人", "分管领导", "局主要领导"),
            note("制表日期：{{ 日期 }}"),
        )
    )


def paid() -> str:
    """The experts who are paid, with the total in figures and in 大写."""
    listed = (
        ("序号", "序号", 0.45, "c"),
        ("姓名", "姓名", 0.75, "l"),
        ("单位", "单位", 1.45, "l"),
        ("件次", "件次", 0.45, "c"),
        ("单价", "单价", 0.5, "c"),
        ("金额", "金额", 0.85, "r"),
        ("大写", "大写", 1.15, "l"),
        ("领款人签名", "", 0.9, "l"),
    )
    widths = columns(*(share for _, _, share, _ in listed))
    total = (
        cell("合计", sum(widths[:3]), style="SmallCellHead", span=3),
        cell("{{ 合计件次 }}", widths[3], style="SmallCellMiddle"),
        cell("", widths[4], style="SmallCell"),
        cell("{{ 合计金额 }}", widths[5], style="SmallCellNumber"),
        cell("{{ 合计大写 }}", sum(widths[6:]), style="SmallCell", span=2),
    )
    return list_table("专家", *listed, small=True, height=700, foot=[row(total, height=560)])
