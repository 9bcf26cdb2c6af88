"""What became of an upload, in words."""

from cases.models import ImportBatch

IMPORTED = {
    ImportBatch.Content.LEDGER.value: "这份文件的内容已写入案件名单。",
    ImportBatch.Content.EXCLUSIONS.value: "清单里的案件已列为剔除，不参加抽选。",
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
