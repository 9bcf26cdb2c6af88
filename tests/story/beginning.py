"""方案、导入、核对、件数、评分标准、专家库、印发."""

import json
from typing import Any

from tests.story.people import DATA, FIXTURES, Office, Y
from tests.story.person import Person

LEDGER = "2022年1-7月办结案件台账.xlsx"
EXCLUSIONS = "部市已抽评案件清单.xlsx"
POOL = "专家库.xlsx"
STANDARD = "2022年评分标准.xlsx"
PLAN: dict[str, Any] = json.loads((FIXTURES / "plan-2022.json").read_text(encoding="utf-8"))
ISSUE_FIELDS = ("document", "issued_on")
DECISION = ("decided_size", "decided_reason", "decided_clause", "decided_signer")


def draw_up_plan(office: Office) -> None:
    """The parameters of 万州司发〔2022〕11号 typed into the form of a rehearsal year."""
    typed = {k: v for k, v in PLAN["plan"].items() if k not in ISSUE_FIELDS + DECISION}
    typed |= {"window_from": PLAN["window"]["from"], "window_to": PLAN["window"]["to"]}
    page = office.bureau.open("/y/new/")
    page.press("保存方案草稿", (typed | {"window_to": "2021-07-31"}), status=422)
    page.reads("办结截止日早于起始日，请改正。")
    page.press("保存方案草稿", typed, rehearsal_at="2022-08-10T09:00")
    assert page.path == f"{Y}/plan/"
    page.reads("2022年度方案已保存为草稿", "2022年1月1日", "2022年7月31日", "50元/件次")


def import_cases(office: Office) -> None:
    """The clerk's ledger and the list of the ministry and the city: preview, then confirm."""
    page = send_file(office.clerk, LEDGER, content="ledger")
    page.reads("读到 761 件，可导入 761 件", "还没有写入")
    office.bureau.open(f"{Y}/cases/").reads("还没有案件")
    page.press("确认导入 761 件").reads("已导入：新增761")
    page = send_file(office.clerk, EXCLUSIONS, content="exclusions")
    page.reads("读到 9 条", "渝万援民〔2021〕117号")
    page.press("确认导入 9 条")
    office.clerk.open(f"{Y}/cases/").reads("案件名单 761 件", "剔除 8 件", "可抽 753 件")


def send_file(person: Person, name: str, *, content: str) -> Person:
    """Upload a workbook on the import page."""
    with (DATA / name).open("rb") as file:
        return person.open(f"{Y}/cases/import/").press("上传并检查", content=content, file=file)


def declare_total(office: Office) -> None:
    """The importer may not type the control total; 科室 types it from the register."""
    office.clerk.open(f"{Y}/cases/").press("录入申报件数", total="761", status=409)
    office.clerk.reads("导入台账的人不能自己录入申报件数")
    office.bureau.open(f"{Y}/cases/").press("录入申报件数", total="761")
    office.bureau.reads("申报 761 件")


def decide_size(office: Office) -> None:
    """Every reading of 10% of 761, and the decided 76 with reason and clause."""
    page = office.bureau.open(f"{Y}/plan/size/")
    page.reads("办结 761 件", "可抽 753 件", "方案规则是 80 件")
    plan = PLAN["plan"]
    page.press(
        "记录决定的件数",
        size="76",
        reason=plan["decided_reason"],
        clause=plan["decided_clause"],
        signer="演练局长",
        document=plan["document"],
    )
    page.reads("抽样件数定为76件", "四舍五入取10倍整数")
    page.reads("刑事 187 18.87 19", "民事 550 55.51 55", "行政 16 1.61 2")


def import_standard(office: Office) -> None:
    """2022年评分标准.xlsx becomes a version, which the year adopts."""
    page = office.bureau.open(f"{Y}/plan/items/import/")
    with (DATA / STANDARD).open("rb") as file:
        page.press("导入评分标准", file=file, name="2022年评分标准", basis=PLAN["plan"]["basis"])
    page.reads("已导入“2022年评分标准")
    adopt = next(each for each in page.buttons if each.startswith("选用"))
    page.press(adopt).reads("2022年度已选用")


def import_pool(office: Office) -> None:
    """专家库.xlsx fills the pool."""
    page = office.bureau.open(f"{Y}/experts/import/")
    with (DATA / POOL).open("rb") as file:
        page.press("导入专家库", file=file)
    page.reads("专家库已导入：新增")


def issue_plan(office: Office) -> None:
    """印发 with number and date; the size may still be seen by everybody of the office."""
    office.clock("2022-08-14 09:00")
    page = office.bureau.open(f"{Y}/plan/")
    page.press("印发方案", document=PLAN["plan"]["document"], issued_on="2022-08-14")
    page.reads("方案已印发（万州司发〔2022〕11号）")
    office.leader.open(f"{Y}/plan/").reads("规则 80 件，决定 76 件")
