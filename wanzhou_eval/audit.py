"""Writing the audit trail. Reading it is `queries.audit_trail`."""

import json

from django.db import connection

from wanzhou_eval.models import AuditEvent, User
from wanzhou_eval.prepared import Statement

SYSTEM_ACTOR = "system"
ACTION_WORDS = {
    "log_in": "登录",
    "log_out": "退出",
    "change_password": "修改密码",
    "refuse": "操作未获准",
    "export_list": "导出名单",
    "create_account": "新建账号",
    "change_account": "修改账号",
    "reset_password": "重设密码",
    "link_account": "账号对应到人员",
    "add_missing_notices": "载入节假日通知",
    "keep_notice": "登记节假日通知",
    "remove_notice": "删除节假日通知",
    "keep_holiday": "登记放假或调休",
    "remove_holiday": "删除放假或调休",
    "keep_alias": "登记机构别名",
    "remove_alias": "删除机构别名",
    "create_plan": "拟定方案",
    "change_plan": "修改方案",
    "decide_size": "决定抽样件数",
    "move_plan": "进入新阶段",
    "set_rehearsal_clock": "拨动演练时钟",
    "empty_rehearsal": "清空演练数据",
    "upload_file": "上传文件待检查",
    "confirm_import": "确认导入",
    "stop_import": "停止导入",
    "discard_import": "放弃上传",
    "map_columns": "指定台账的列",
    "keep_synonym": "登记同义词",
    "remove_synonym": "删除同义词",
    "add_first_words": "载入同义词",
    "declare_total": "录入申报件数",
    "exclude_case": "剔除案件",
    "include_case": "撤销剔除",
    "reject_row": "标记不导入的行",
    "unreject_row": "取消不导入的标记",
    "withdraw_rejection": "撤回已剔出的行",
    "decide_absence": "决定文件中缺少的案件",
    "remove_case": "移出案件",
    "correct_case": "更正案件",
    "import_pool": "导入专家库",
    "change_expert": "更正专家情况",
    "enter_absence": "登记专家本年度不参加",
    "lift_absence": "撤销专家不参加登记",
    "declare_recusal": "登记回避关系",
    "withdraw_recusal": "撤回登错的回避关系",
    "import_recusals": "导入回避名单",
    "rematch_case": "因回避重新匹配",
    "replace_reviewer": "更换复评专家",
    "import_standard": "导入评分标准",
    "adopt_standard": "选定评分标准",
    "copy_standard": "复制评分标准",
    "edit_standard": "编辑评分标准",
    "hold_training": "登记专项培训",
    "open_trial": "开始试评",
    "seal_trial": "封存试评表",
    "close_trial": "结束试评",
    "finish_practice": "做完演练卷",
    "freeze_draw": "封存抽选名单",
    "freeze_review": "封存复评抽选名单",
    "sign_sheet_a": "签署封存指纹",
    "enter_seed": "第一人录入种子",
    "hold_draw": "第二人录入种子并抽选",
    "announce": "宣读抽选结果",
    "pause_reading": "暂停宣读",
    "sign_draw": "签署抽选记录",
    "request_void": "申请作废抽选",
    "withdraw_void": "撤回作废申请",
    "confirm_void": "确认作废抽选",
    "request_replacement": "登记换件换人待确认",
    "return_replacement": "退回换件换人登记",
    "take_back_replacement": "撤回换件换人登记",
    "replace_missing": "换下缺卷案件",
    "replace_withdrawn": "候补专家递补",
    "move_file": "登记卷宗交接",
    "move_panel_files": "整组登记卷宗交接",
    "miss_file": "登记缺卷",
    "open_marking": "开始评分",
    "extend_marking": "延长评分",
    "close_marking": "结束评估",
    "sign_undertaking": "签署承诺书",
    "seal_sheet": "提交评分表",
    "withdraw_seal": "撤回封存的评分表",
    "type_paper": "录入纸质评分表",
    "discard_paper": "撤销纸质评分表的录入",
    "seal_paper": "核对并封存纸质评分表",
    "download_sheets": "下载离线评分表",
    "upload_sheets": "上传离线评分表",
    "note_problem": "报告卷宗问题",
    "note_recusal": "申请回避",
    "confirm_agreement": "确认一致等次",
    "propose_grade": "提出合议等次",
    "answer_proposal": "答复合议等次",
    "rule_grade": "组长决定等次",
    "return_sheet": "退回评分表更正",
    "regrade_case": "复评改定等次",
    "submit_for_approval": "报局领导审定",
    "decide_approval": "审定结果",
    "withhold_case": "改变案件公开与否",
    "publish_results": "公布结果",
    "add_publication_place": "登记公布位置",
    "enter_allowance": "登记补贴发放",
    "confirm_allowance": "确认补贴发放",
    "return_allowance": "退回补贴发放登记",
    "store_template": "更换文书模板",
    "restore_template": "恢复内置文书模板",
    "start_pack": "打包文书",
    "file_appeal": "提出异议申辩",
    "turn_files_away": "申辩附件不符合要求",
    "register_paper_appeal": "登记书面申辩",
    "confirm_paper_appeal": "复核书面申辩",
    "reject_paper_appeal": "退回书面申辩登记",
    "register_withdrawal": "登记书面撤回申辩",
    "withdraw_appeal": "撤回申辩",
    "form_review_panel": "组成复评组",
    "decide_appeal": "反馈复评结果",
    "open_consequences": "启动追回和调查",
    "lift_consequences": "撤销追回和调查",
    "assess_recovery": "核定应收回金额",
    "send_recovery_notice": "发出追回通知",
    "record_payment": "登记追回款项",
    "record_refund": "登记退还款项",
    "transfer_inquiry": "移送履职调查",
    "close_inquiry": "办结履职调查",
    "open_rectification": "启动整改",
    "send_rectification_notice": "发出整改通知",
    "accept_proof": "核验整改通过",
    "return_proof": "退回整改材料",
    "lift_rectification": "撤销整改",
    "report_panel": "提交小组汇总报告",
    "write_report": "起草评估报告",
    "issue_report": "印发评估报告",
    "close_year": "年度归档",
    "send_reminder": "发出邮件提醒",
    "nudge_expert": "提醒专家评分",
}
"""Every act of the trail as people read it."""
APPEND = Statement(
    "append_audit",
    "text, text, text, inet, text, text, int, text, text, jsonb",
    """
INSERT INTO wanzhou_eval_auditevent
       (seq, at, actor, actor_name, role, address, action, target, year, outcome, sentence,
        detail, prev, hash)
VALUES (0, now(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '')
""",
)


def record_event(
    action: str,
    *,
    by: User | None,
    target: str = "",
    year: int | None = None,
    detail: dict[str, object] | None = None,
    outcome: str = "done",
    sentence: str = "",
    address: str | None = None,
) -> None:
    """Append one line, in the transaction of the act it tells of: no audit, no act.

    `by` None is a command run by the operator. `detail` never holds scores or personal data.
    Sequence number, time and chain are set by the database trigger `audit_chain`.
    """
    actor = (by.username, by.name, by.role) if by else (SYSTEM_ACTOR, "", "")
    told = (address or None, action, target[:120], year, outcome, sentence[:400])
    with connection.cursor() as cursor:
        APPEND.run(cursor, *actor, *told, json.dumps(detail or {}, ensure_ascii=False))


def event_words(event: AuditEvent) -> str:
    """What a line tells, in Chinese; an act without words shows its code."""
    words = ACTION_WORDS.get(event.action, event.action)
    stage = event.detail.get("stage")
    if event.action == "move_plan" and stage:
        return f"{words}“{stage}”"
    return words if event.outcome == "done" or event.action == "refuse" else f"{words}（未获准）"
