"""抽样记录, 评分表 and 合议单 as Word documents: what the pages show, for the file."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from evaluations.exports.documents import render
from evaluations.models import DrawnCase, ScoreSheet, SheetRound
from evaluations.queries.case_papers import SheetPaper
from evaluations.queries.deliberation import Case, Side, compare
from evaluations.queries.draws_record import Record, in_fours
from evaluations.queries.results import shown_score
from evaluations.rules.documents import DocumentKind
from evaluations.rules.levels import given_text
from evaluations.rules.standards import Item, Mark, MarkState, plain
from wanzhou_eval.wordfiles import WordTemplate

VETO = "否决项"
LEVEL_RANGE = "3—1"


def sample_paper(record: Record, *, today: date) -> bytes:
    """抽样记录; the caller has seen to it that the draw was read out."""
    draw = record.draw
    (frame, size), (place, witnesses) = record.facts
    prints = {row["label"]: row["value"] for row in record.prints}
    values = {
        "年度": draw.plan.year,
        "抽选编号": draw.code,
        "依据": record.basis,
        "抽选范围": frame.text,
        "范围说明": frame.sub,
        "抽选数量": size.text,
        "数量说明": size.sub,
        "地点": place.text,
        "在场": witnesses.text,
        "方法": record.method,
        "名单指纹": prints.get("名单指纹", ""),
        "结果指纹": prints.get("结果指纹", ""),
        "核验": _proof(record),
        "随机数": [{"名称": label, "内容": text} for label, text in record.seeds],
        "经过": [
            {"时间": row["time"], "事项": row["text"], "经办": row["who"]} for row in record.log
        ],
        "日期": today,
    }
    return render(DocumentKind.SAMPLE, values | _drawn(record))


def _proof(record: Record) -> str:
    if record.draw.voided_at:
        return f"本次抽选已作废：{record.draw.void_reason}"
    return record.proof.sentence if record.proof else "没有结果"


def _drawn(record: Record) -> dict[str, object]:
    return {
        "各层": [
            {
                "名称": line.label,
                "名单": line.size,
                "抽中": line.quota,
                "末位签号": line.last,
                "候补": line.reserves,
            }
            for line in record.tickets.strata
        ],
        "案件": [
            {"序号": line.rank, "卷宗号": line.label, "案号": line.number, "签号": line.ticket}
            for line in record.tickets.lines
        ],
        "变动": [
            {"原案": row.item, "递补": row.replacement, "理由": row.reason} for row in record.events
        ],
    }


def case_fields(drawn_case: DrawnCase, in_round: str) -> dict[str, object]:
    """What identifies a file on a form of the experts: never firm, handler or 受援人."""
    case = drawn_case.case
    return {
        "年度": drawn_case.draw.plan.year,
        "卷宗号": case.label,
        "案号": case.number,
        "案件类型": case.get_kind_display(),
        "案由": case.cause or case.get_kind_display(),
        "轮次": "复评" if in_round == SheetRound.REVIEW else "初评",
    }


def score_paper(paper: SheetPaper, *, template: WordTemplate | None = None) -> bytes:
    """评分表 of one expert; the caller has seen to it that the reader may see it."""
    sheet = paper.sheet
    values = case_fields(sheet.drawn_case, sheet.round) | {
        "专家": str(sheet.expert),
        "职责": "组长" if sheet.leads else "组员",
        "标准": f"{paper.standard.name}（第{paper.standard.version}版）　{paper.standard.scope}",
        "得分": _came_to(sheet),
        "总分": _total(sheet),
        "等次": sheet.grade,
        "总体意见": sheet.comment,
        "封存时间": sheet.sealed_at,
        "封存指纹": in_fours(sheet.seal_hash),
        "项目": _items(paper),
        **_columns(sheet),
    }
    return render(DocumentKind.SCORE_SHEET, values, template=template)


def _total(sheet: ScoreSheet) -> str:
    return shown_score(sheet.total) if sheet.total is not None else ""


def _came_to(sheet: ScoreSheet) -> str:
    """What a sheet came to, by its method: 87 分, or 总体判断 4."""
    return f"总体判断 {sheet.overall}" if sheet.overall else f"{_total(sheet)} 分"


def _columns(sheet: ScoreSheet) -> dict[str, str]:
    """What the two columns of numbers are called, by the method."""
    if sheet.standard.by_level:
        return {"满分栏": "可评", "评分栏": "等次"}
    return {"满分栏": "满分", "评分栏": "扣分"}


def _full(full: Decimal, *, veto: bool, by_level: bool) -> str:
    """The most an item can take: its marks, or the range of levels."""
    if veto:
        return VETO
    return LEVEL_RANGE if by_level else plain(full)


def _items(paper: SheetPaper) -> list[Mapping[str, str]]:
    rows: list[Mapping[str, str]] = []
    for section in paper.standard.sections:
        full = sum(item.full_marks for item in section.items)
        title = f"{section.title}（{plain(full)} 分）" if full else section.title
        for item in section.items:
            rows.append(_item(item, paper.marks.get(item.number), title=title))
            title = ""
    return rows


def _item(item: Item, mark: Mark | None, *, title: str) -> dict[str, str]:
    return {
        "分类": title,
        "项目": f"{item.number} {item.title}",
        "满分": _full(item.full_marks, veto=item.veto, by_level=item.by_level),
        "扣分": _deduction(item, mark),
        "说明": _why(item, mark),
    }


def _deduction(item: Item, mark: Mark | None) -> str:
    if mark is None:
        return "—"
    if mark.state is MarkState.VETO:
        return "成立"
    if mark.state is not MarkState.SCORED:
        return mark.state.label
    return given_text(mark)


def _why(item: Item, mark: Mark | None) -> str:
    if mark is None:
        return ""
    told = [reason.text for reason in item.reasons if reason.key in mark.reasons]
    told += [f"第 {mark.pages} 页"] if mark.pages else []
    told += [mark.note] if mark.note else []
    return "；".join(told)


def deliberation_paper(case: Case) -> bytes:
    """合议单 of a graded case. Four queries for the comparison."""
    leader, member = case.pair
    grading = case.grading
    assert grading is not None, "a case without a grade has no 合议单"
    values = case_fields(leader.drawn_case, leader.round) | {
        "组长": str(leader.expert),
        "组员": str(member.expert),
        "组长得分": _scored(leader),
        "组员得分": _scored(member),
        "组长指纹": in_fours(leader.seal_hash),
        "组员指纹": in_fours(member.seal_hash),
        "等次": grading.grade,
        "定级方式": grading.get_outcome_display(),
        "理由": grading.reason,
        "不同意见": grading.dissent,
        "定级时间": grading.at,
        "分歧": _differing(case),
        "经过": _story(case),
        **_columns(leader),
    }
    return render(DocumentKind.DELIBERATION, values)


def _scored(sheet: ScoreSheet) -> str:
    told = f"总体判断 {sheet.overall}" if sheet.overall else _total(sheet)
    return f"{told}，{sheet.grade}" + (f"：{sheet.comment}" if sheet.overall else "")


def _differing(case: Case) -> list[dict[str, str]]:
    return [
        {
            "项目": f"{row.number} {row.title}",
            "满分": _full(row.full, veto=row.veto, by_level=case.by_level),
            **_side("组长", row.left),
            **_side("组员", row.right),
        }
        for row in compare(case, every_item=False).rows
    ]


def _side(who: str, side: Side) -> dict[str, str]:
    return {who: side.text, f"{who}说明": side.why}


def _story(case: Case) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"时间": sheet.sealed_at, "事项": f"封存评分表，{sheet.grade}", "经办": str(sheet.expert)}
        for sheet in case.pair
    ]
    for each in case.proposals:
        told = f"提出“{each.grade}”：{each.reason}"
        rows.append({"时间": each.at, "事项": told, "经办": str(each.by)})
        if each.answer:
            said = "：".join(filter(None, (each.get_answer_display(), each.answer_reason)))
            rows.append(
                {"时间": each.answered_at, "事项": said, "经办": str(each.answered_by or "")}
            )
    if case.grading:
        told = f"定为“{case.grading.grade}”，{case.grading.get_outcome_display()}"
        by = str(case.grading.by or "")
        rows.append({"时间": case.grading.at, "事项": told, "经办": by})
    return rows
