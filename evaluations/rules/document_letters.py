"""The fields of letters and of the report."""

from evaluations.rules.document_words import (
    ADDRESS,
    CASE_KIND,
    DOCUMENT,
    FIRM,
    GRADE,
    HANDLERS,
    LETTER,
    NUMBER,
    OFFICE,
    PHONE,
    PLAN,
    PROBLEMS,
    SERIAL,
    TO,
    TODAY,
    TOTAL,
    YEAR,
    counted,
    shares,
)
from evaluations.rules.documents import Field

PUBLISHED = Field("公布日期", "结果首次公布的日期", "2022年9月2日")
RECOVERY = (
    YEAR, LETTER, TO, NUMBER, FIRM, HANDLERS, PLAN, DOCUMENT,
    PUBLISHED,
    Field("金额", "应收回的金额（元）", "1,800.00"),
    Field("金额大写", "应收回金额的大写", "壹仟捌佰元整"),
    Field("收回期限", "最后交回的日期", "2022年10月13日"),
    PROBLEMS, OFFICE, PHONE, ADDRESS, TODAY,
)  # fmt: skip
RECTIFICATION = (
    YEAR, LETTER, TO, NUMBER, FIRM, HANDLERS, GRADE, PLAN, DOCUMENT, PROBLEMS,
    Field("整改要求", "要求怎样整改", "补齐会见笔录并完善归档目录，今后按规范会见受援人。"),
    Field("整改期限", "完成整改的日期", "2022年10月31日"),
    Field("证明材料", "完成后要交什么", "整改情况报告和补齐材料的复印件"),
    OFFICE, PHONE, ADDRESS, TODAY,
)  # fmt: skip
TRANSFER = (
    YEAR, LETTER, TO, NUMBER, FIRM, HANDLERS, GRADE, PLAN, DOCUMENT, PROBLEMS, OFFICE, PHONE,
    TODAY,
)  # fmt: skip
REPORT = (
    YEAR, PLAN, DOCUMENT, TODAY, TOTAL,
    Field("办结件数", "抽选范围内可抽的案件数", "761"),
    Field("评估时间", "评估起止日期", "2022年8月22日至8月26日"),
    Field("评估地点", "方案里的地点", "区公共法律服务中心"),
    Field("小组数", "评估小组数", "4"),
    Field("专家数", "评估专家数", "8"),
    Field("总体结论", "一句话：各等次件数和优良率", "优良58件，优良率76.3%。"),
    Field("推算", "由样本推算全部办结案件的不合格率及区间", "推算有2至68件不合格。"),
    Field("一致率", "两名专家等次一致的比例及区间", "81.6%（95%区间 71.0%–89.5%）"),
    Field("组长决定", "组长意见定级的件数和方向", "组长意见 3 件，占 3.9%；2 件从严、1 件从宽。"),
    counted("类型分布", "按案件类型的等次分布"),
    counted("机构分布", "按承办机构的等次分布，不足3件的合并"),
    shares("定级方式", "两评一致、协商一致、组长意见的件数和比例"),
    counted("日常等次对照", "一案一评的等次与本次评估等次的对照"),
    Field(
        "失分项目", "失分最多的项目",
        columns=(
            Field("项目", "评估项目", "2.2 证据清单与证明目的"),
            Field("失分", "扣去的总分；评等次的写各等次份数", "142.5"),
            Field("失分率", "占满分的比例；评等次的为评一般、差的比例", "18.0%"),
        ),
    ),
    Field(
        "小组一致性", "每个小组两名专家同案评分的比较",
        columns=(
            Field("小组", "小组名称", "民事行政第一组"),
            Field("件数", "同评件数", "20"),
            Field("一致率", "等次一致的比例及区间", "85.0%（62.1%–96.8%）"),
            Field("分差", "组长与组员得分差的平均及区间", "−1.2（−2.9 至 0.5）"),
        ),
    ),
    Field(
        "小组报告", "评估小组的汇总报告",
        columns=(
            Field("小组", "小组名称", "民事行政第一组"),
            Field("内容", "汇总报告", "本组评估 20 件，会见和归档较好，证据目录普遍不全。"),
        ),
    ),
    Field("存在问题", "科室写的主要问题", "部分案件证据清单没有写明证明目的。"),
    Field("下一步措施", "科室写的建议和措施", "组织专题培训，把证据清单列入结案审查。"),
)  # fmt: skip

RECEIVED = Field("收到日期", "收到申辩书的日期", "2022年9月6日")
APPELLANT = Field("申辩人", "提出申辩的承办人", "王承办")
WINDOW = Field("申辩期限", "申辩的最后一天", "2022年9月9日")
DISPUTED = Field(
    "异议事项", "逐项的申辩",
    columns=(
        Field("序号", "从1起", "1"),
        Field("项目", "有异议的评估项目", "2.1 会见受援人"),
        Field("理由", "申辩理由", "会见笔录在卷宗第12页"),
    ),
)  # fmt: skip
ANSWERED = Field(
    "异议事项", "逐项的申辩和复评意见",
    columns=(*DISPUTED.columns, Field("意见", "复评组的意见", "卷内确有会见笔录，予以采纳。")),
)  # fmt: skip
APPEAL_ACCEPTED = (
    YEAR, LETTER, TO, NUMBER, APPELLANT, PLAN, DOCUMENT, PUBLISHED, RECEIVED, DISPUTED,
    Field("受理日期", "受理的日期", "2022年9月6日"),
    Field("反馈期限", "反馈审查结果的最后一天", "2022年9月21日"),
    Field("反馈工作日", "方案规定的工作日数", "10"),
    OFFICE, PHONE, ADDRESS, TODAY,
)  # fmt: skip
APPEAL_REFUSED = (
    YEAR, LETTER, TO, NUMBER, APPELLANT, PLAN, DOCUMENT, PUBLISHED, RECEIVED, WINDOW,
    Field("不予受理理由", "为什么不予受理", "申辩期限到9月9日24:00止，申辩书于9月13日收到。"),
    Field("申辩工作日", "方案规定的工作日数", "5"),
    OFFICE, PHONE, ADDRESS, TODAY,
)  # fmt: skip
OUTCOME = (
    Field("原等次", "首次评估的等次", "合格"),
    Field("复评等次", "复评组评定的等次", "优良"),
    Field("结论", "维持原等次或变更等次", "变更等次"),
    Field("审查意见", "总的理由", "申辩理由成立，应予采纳。"),
)
REVIEW = (
    YEAR, SERIAL, NUMBER, CASE_KIND, APPELLANT, RECEIVED, ANSWERED, *OUTCOME,
    Field("组长", "复评组组长", "程评估"),
    Field("组员", "复评组组员", "韩评估"),
    Field("评定方式", "两评一致、协商一致或组长意见", "两评一致"),
    Field("不同意见", "没有采纳的意见；没有时留空", "组员认为应评为合格。"),
    Field("评定时间", "复评组定等次的时间", "2022年9月20日15:30"),
    Field("抽选编号", "复评组抽选记录的编号", "2022-R1"),
    TODAY,
)  # fmt: skip
ANSWER = (
    YEAR, LETTER, TO, NUMBER, APPELLANT, PLAN, DOCUMENT, RECEIVED, ANSWERED, *OUTCOME,
    OFFICE, PHONE, ADDRESS, TODAY,
)  # fmt: skip
