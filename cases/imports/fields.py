"""The columns of a ledger of closed cases and the words they go by."""

from collections.abc import Mapping

from wanzhou_eval.headers import Field

FIELDS = (
    Field("serial", "序号", ("编号", "卷宗号", "顺序号", "NO", "NO.")),
    Field(
        "number",
        "案号",
        (
            "案件号",
            "案件编号",
            "法援编号",
            "法律援助编号",
            "法律援助案号",
            "受理号",
            "受理编号",
            "受援编号",
            "援助案号",
            "指派编号",
        ),
        required=True,
    ),
    Field("kind", "案件类型", ("案件类别", "类别", "案件性质", "类型"), required=True),
    Field("cause", "案由", ("罪名", "案由罪名", "案由/罪名")),
    Field("aid_method", "援助方式", ("法律援助方式", "援助形式", "服务方式")),
    Field(
        "stage",
        "诉讼阶段",
        ("法律状态", "案件阶段", "办案阶段", "阶段", "法律状态及地位", "所处阶段"),
    ),
    Field("source", "案件来源", ("来源", "法律援助类型", "援助类型", "案源")),
    Field("recipient", "受援人", ("受援人姓名", "受援对象", "姓名")),
    Field("recipient_category", "受援人类别", ("人群类别", "受援人类型", "人员类别")),
    Field(
        "identity",
        "身份证号",
        ("证件号码", "身份证号码", "证件号", "公民身份号码", "受援人身份证号", "受援人证件号码"),
    ),
    Field("phone", "联系电话", ("电话", "手机", "手机号", "手机号码", "联系方式", "受援人电话")),
    Field(
        "firm",
        "承办机构",
        (
            "承办单位",
            "律所",
            "律师事务所",
            "工作单位",
            "援助人员所在工作单位",
            "承办律所",
            "所属机构",
            "执业机构",
        ),
        required=True,
    ),
    Field(
        "handlers",
        "承办人",
        ("承办律师", "承办人员", "援助人员", "法律援助人员", "承办人姓名", "办案人员"),
        required=True,
    ),
    Field("assigned_on", "指派日期", ("指派时间", "指派", "派案日期")),
    Field(
        "closed_on", "结案日期", ("结案时间", "办结日期", "办结时间", "结案", "办结"), required=True
    ),
    Field("filed_on", "归档日期", ("归档时间", "归档", "立卷日期")),
    Field("subsidy", "办案补贴", ("补贴", "补贴金额", "办案补贴金额", "补贴标准")),
    Field("regular_grade", "一案一评等次", ("评估等次", "一案一评", "等次", "评查等次")),
    Field("remarks", "备注", ("说明", "其他")),
)
LABELS: Mapping[str, str] = {field.key: field.label for field in FIELDS}
REQUIRED = tuple(field.key for field in FIELDS if field.required)
DROPPED = frozenset({"identity", "phone"})
"""Columns that are never stored nor shown (personal data the evaluation does not need)."""
