"""通知、函 with the red head of the bureau: to a firm, a handler or another body."""

from evaluations.layouts.parts import labelled, list_table, para, when
from evaluations.layouts.results import answered

BUREAU = "重庆市万州区司法局"


def letter(title: str, *body: str) -> str:
    """Red head, number, title, addressee, text, sender and date."""
    return "".join(
        (
            para(BUREAU, style="Issuer"),
            para(
                "{% if 发文字号 %}{{ 发文字号 }}{% else %}万州司〔{{ 年度 }}〕　　号{% endif %}",
                style="Number",
            ),
            para(title, style="Title"),
            para("{{ 主送 }}：", style="To"),
            *body,
            para(BUREAU, style="Sender"),
            para("{{ 日期 }}", style="Dated"),
        )
    )


def problem_table() -> str:
    """What the evaluation found; never who found it."""
    return list_table(
        "问题", ("序号", "#", 0.5, "c"), ("评估项目", "项目", 2.2, "l"), ("情况", "情况", 3.5, "l")
    )


def contact() -> str:
    """Whom to ask."""
    return para(
        "联系部门：{{ 联系部门 }}{% if 联系电话 %}，电话：{{ 联系电话 }}{% endif %}"
        "{% if 联系地址 %}，地址：{{ 联系地址 }}{% endif %}。",
        style="Lead",
    )


def recovery() -> str:
    """追回通知 (article 7)."""
    return letter(
        "关于收回法律援助办案补贴的通知",
        para(
            "根据《{{ 方案名称 }}》{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}，"
            "{{ 承办机构 }}{{ 承办人 }}承办的{{ 案号 }}案件在{{ 年度 }}年度法律援助案件质量评估中"
            "被评为不合格，结果已于{{ 公布日期 }}公布，现已确定。"
        ),
        when("问题", para("评估发现的主要问题如下：", style="Lead"), problem_table()),
        para(
            "按照方案第七部分规定，被评为不合格等次的案件，由区法律援助中心收回已发办案补贴或者"
            "已经报销的办案费用。现通知你单位（你本人）于{{ 收回期限 }}前交回人民币"
            "{{ 金额 }}元（大写：{{ 金额大写 }}）。"
        ),
        para("可以一次交回，也可以分次交回；交回后请保存凭证，并将复印件送区法律援助中心登记。"),
        contact(),
    )


def rectification() -> str:
    """整改通知."""
    return letter(
        "关于对法律援助案件质量问题\n进行整改的通知",
        para(
            "根据《{{ 方案名称 }}》{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}，"
            "{{ 承办机构 }}{{ 承办人 }}承办的{{ 案号 }}案件在{{ 年度 }}年度法律援助案件质量评估中"
            "评为{{ 等次 }}。为提高办案质量，现就评估发现的问题通知如下。"
        ),
        when("问题", problem_table()),
        labelled("整改要求：", "{{ 整改要求 }}"),
        labelled("整改期限：", "请于{{ 整改期限 }}前完成。"),
        labelled("证明材料：", "完成后向我局提交{{ 证明材料 }}。"),
        contact(),
    )


def transfer() -> str:
    """移送函: the competent body is asked to inquire."""
    return letter(
        "关于移送法律援助案件\n承办人履职情况的函",
        para(
            "根据《{{ 方案名称 }}》{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}，"
            "{{ 承办机构 }}{{ 承办人 }}承办的{{ 案号 }}案件在{{ 年度 }}年度法律援助案件质量评估中"
            "被评为{{ 等次 }}，结果现已确定。"
        ),
        when("问题", para("评估发现的主要问题如下：", style="Lead"), problem_table()),
        para(
            "按照方案第七部分规定，请依法启动对承办人履职情况的调查程序，依据有关规定和查明的事实"
            "给予处理，并将处理结果函告我局。"
        ),
        para(
            "联系部门：{{ 联系部门 }}{% if 联系电话 %}，电话：{{ 联系电话 }}{% endif %}。",
            style="Lead",
        ),
    )


def disputed() -> str:
    """The grounds of an appeal."""
    return list_table(
        "异议事项",
        ("序号", "#", 0.5, "c"),
        ("异议项目", "项目", 2, "l"),
        ("申辩理由", "理由", 3.7, "l"),
    )


def appeal_accepted() -> str:
    """异议受理通知书."""
    return letter(
        "法律援助案件质量评估\n异议受理通知书",
        para(
            "你于{{ 收到日期 }}就{{ 案号 }}案件的{{ 年度 }}年度法律援助案件质量评估结果"
            "（{{ 公布日期 }}公布）提出的书面申辩意见收悉。申辩人：{{ 申辩人 }}。申辩事项如下："
        ),
        disputed(),
        para(
            "经审查，申辩在期限内提出，且为首次提出，根据《{{ 方案名称 }}》"
            "{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}第六部分第3项，"
            "我局于{{ 受理日期 }}予以受理。"
        ),
        para(
            "我局将另行随机抽选评估专家组成复评组进行审查，在{{ 反馈工作日 }}个工作日内、"
            "{{ 反馈期限 }}前反馈审查结果。审查期间可以撤回申辩；对同一案件提出异议申辩以一次为限。"
        ),
        contact(),
    )


def appeal_refused() -> str:
    """异议不予受理通知书."""
    return letter(
        "法律援助案件质量评估\n异议不予受理通知书",
        para(
            "你于{{ 收到日期 }}就{{ 案号 }}案件的{{ 年度 }}年度法律援助案件质量评估结果"
            "提出的书面申辩意见收悉。申辩人：{{ 申辩人 }}。"
        ),
        para(
            "根据《{{ 方案名称 }}》{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}第六部分第3项，"
            "对评估结果有异议的，可以在结果公布之日起{{ 申辩工作日 }}个工作日内提出，"
            "对同一案件以一次为限。评估结果于{{ 公布日期 }}公布，申辩期限到{{ 申辩期限 }}24:00止。"
        ),
        labelled("不予受理的理由：", "{{ 不予受理理由 }}"),
        para("据此，我局对该申辩不予受理，特此通知。"),
        contact(),
    )


def answer() -> str:
    """审查结果反馈书 to the handler: the view on every ground, never who reviewed."""
    return letter(
        "法律援助案件质量评估\n异议审查结果反馈书",
        para(
            "你于{{ 收到日期 }}就{{ 案号 }}案件的{{ 年度 }}年度法律援助案件质量评估结果提出的申辩，"
            "我局已组织复评组审查完毕。申辩人：{{ 申辩人 }}。逐项意见如下："
        ),
        answered(small=False),
        labelled("审查意见：", "{{ 审查意见 }}"),
        labelled("审查结果：", "原等次{{ 原等次 }}，复评等次{{ 复评等次 }}，{{ 结论 }}。"),
        para(
            "根据《{{ 方案名称 }}》{% if 方案文号 %}（{{ 方案文号 }}）{% endif %}，"
            "对同一案件提出异议申辩以一次为限，本结果为最终结果。"
        ),
        contact(),
    )
