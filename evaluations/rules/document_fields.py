"""The fields of every document: their names in the Word template, meaning and an example."""

from evaluations.rules.documents import DocumentKind, Field

YEAR = Field("年度", "评估年度", "2022")
TODAY = Field("日期", "出具文书的日期", "2022年9月13日")
NUMBER = Field("案号", "案件编号", "渝万援（2022）民字第001号")
SERIAL = Field("卷宗号", "四位卷宗号", "0145")
CASE_KIND = Field("案件类型", "刑事、民事、行政", "民事")
FIRM = Field("承办机构", "承办案件的机构", "重庆某某律师事务所")
HANDLERS = Field("承办人", "承办人姓名，几人用顿号分开", "王承办")
GRADE = Field("等次", "现在有效的等次", "不合格")
LETTER = Field("发文字号", "通知的文号；没有登记时留空待填", "万州司通〔2022〕18号")
TO = Field("主送", "收文的单位或个人", "重庆某某律师事务所、王承办")
OFFICE = Field("联系部门", "方案里的申辩受理部门", "公共法律服务科")
PHONE = Field("联系电话", "方案里的申辩联系电话", "023-58000000")
ADDRESS = Field("联系地址", "方案里的申辩受理地址", "重庆市万州区某某路1号")
PLAN = Field("方案名称", "年度方案的名称", "万州区2022年度法律援助案件质量评估工作实施方案")
DOCUMENT = Field("方案文号", "年度方案的文号", "万州司发〔2022〕11号")
TOTAL = Field("抽评件数", "参加评估的案件数", "76")
PROBLEMS = Field(
    "问题",
    "评估发现的问题，一行一项（不写是谁扣的分）",
    columns=(
        Field("序号", "从1起", "1"),
        Field("项目", "评估项目的编号和名称", "2.1 会见受援人"),
        Field("情况", "扣分的情形", "卷内没有会见笔录"),
    ),
)
COUNTED = (
    Field("名称", "这一行是什么", "民事行政"),
    Field("件数", "件数", "60"),
    Field("分布", "各等次件数，例如“优良 45、合格 13、不合格 2”", "优良 45、合格 13、不合格 2"),
)


def _counted(name: str, meaning: str) -> Field:
    return Field(name, meaning, columns=COUNTED)


def _share(name: str, meaning: str) -> Field:
    return Field(
        name,
        meaning,
        columns=(
            Field("名称", "这一行是什么", "两评一致"),
            Field("件数", "件数", "62"),
            Field("比例", "比例，可带区间", "81.6%（95%区间 71.0%–89.5%）"),
        ),
    )


RECOVERY = (
    YEAR, LETTER, TO, NUMBER, FIRM, HANDLERS, PLAN, DOCUMENT,
    Field("公布日期", "结果首次公布的日期", "2022年9月2日"),
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
    _counted("类型分布", "按案件类型的等次分布"),
    _counted("机构分布", "按承办机构的等次分布，不足3件的合并"),
    _share("定级方式", "两评一致、协商一致、组长意见的件数和比例"),
    _counted("日常等次对照", "一案一评的等次与本次评估等次的对照"),
    Field(
        "失分项目", "失分最多的项目",
        columns=(
            Field("项目", "评估项目", "2.2 证据清单与证明目的"),
            Field("失分", "扣去的总分", "142.5"),
            Field("失分率", "占满分的比例", "18.0%"),
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
FIELDS = {
    DocumentKind.RECOVERY: RECOVERY,
    DocumentKind.RECTIFICATION: RECTIFICATION,
    DocumentKind.TRANSFER: TRANSFER,
    DocumentKind.REPORT: REPORT,
}
