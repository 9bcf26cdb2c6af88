"""What became of an upload, in words."""

from cases.models import ImportBatch

IMPORTED = {
    ImportBatch.Content.LEDGER.value: "这份文件的内容已写入案件名单。",
    ImportBatch.Content.EXCLUSIONS.value: "清单里的案件已列为剔除，不参加抽选。",
}


def words_of(batch: ImportBatch) -> dict[str, str]:
    """The sentences of the review page."""
    return {
        "lead": lead_words(batch),
        "stored": stored_words(batch),
        "imported": IMPORTED[batch.content],
    }


def stored_words(batch: ImportBatch) -> str:
    """What the confirmation did, as a sentence; "" before it."""
    stored = batch.summary.get("stored")
    if not stored:
        return ""
    if batch.content == ImportBatch.Content.EXCLUSIONS:
        absent = f"，另有{stored['unmatched']}条不在台账里" if stored["unmatched"] else ""
        return f"新增{stored['new']}条，剔除名单里的{stored['matched']}件{absent}。"
    told = f"新增{stored['new']}件，修改{stored['changed']}件，不变{stored['same']}件"
    for name, word in (("removed", "移出"), ("rejected", "不导入")):
        if stored.get(name):
            told += f"，{word}{stored[name]}{'件' if name == 'removed' else '行'}"
    return f"{told}。"


def lead_words(batch: ImportBatch) -> str:
    """What was found in an upload that is still open, as a sentence."""
    summary, unit = batch.summary, batch.unit
    told = f"读到 {summary['rows']} {unit}，可导入 {summary['accepted']} {unit}"
    if summary["errors"]:
        told += f"，{summary['errors']} 处错误要先改"
    if summary["warnings"]:
        told += f"，{summary['warnings']} 处提醒"
    if declared := summary.get("declared_total"):
        told += f"；合计行写 {declared} 件"
    return f"{told}。还没有写入。"
