"""Fields that several documents share."""

from evaluations.rules.documents import Field

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


def counted(name: str, meaning: str) -> Field:
    """A table of cases by grade."""
    return Field(name, meaning, columns=COUNTED)


def shares(name: str, meaning: str) -> Field:
    """A table of numbers with their share."""
    return Field(
        name,
        meaning,
        columns=(
            Field("名称", "这一行是什么", "两评一致"),
            Field("件数", "件数", "62"),
            Field("比例", "比例，可带区间", "81.6%（95%区间 71.0%–89.5%）"),
        ),
    )
