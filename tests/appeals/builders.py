"""A small year built through the models, at the end of marking: 4 cases, 2 experts, 2 handlers.

The days are those of the plan of 2022: the evaluation ended on 8月26日, a Friday; publication is
due on 9月2日; published that day, appeals end on 9月9日 and an answer is due on 9月26日.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from django.test import Client

from appeals.models import Appeal
from cases.models import Case, CaseHandler, Frame, ImportBatch
from evaluations.actions import report as reports
from evaluations.actions.report import write_report
from evaluations.actions.results import (
    decide_approval,
    publish_results,
    submit_for_approval,
)
from evaluations.models import (
    DeductionReason,
    Draw,
    DrawKind,
    DrawnCase,
    GradeBand,
    Grading,
    Item,
    Mark,
    Plan,
    Report,
    ReviewGrading,
    ScoreSheet,
    ScoringStandard,
    SheetContent,
)
from experts.models import Expert
from wanzhou_eval.calendars import read_notices
from wanzhou_eval.clock import database_now
from wanzhou_eval.holidays import add_missing_notices
from wanzhou_eval.models import Firm, Person, Role, User
from wanzhou_eval.readers import reading_as_person

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOLIDAYS = Path(__file__).parents[2] / "fixtures" / "holidays.json"
ENDED = datetime(2022, 8, 26, 18, 0, tzinfo=SHANGHAI)
ON_TIME = datetime(2022, 9, 2, 10, 0, tzinfo=SHANGHAI)
WINDOW_END = datetime(2022, 9, 10, 0, 0, tzinfo=SHANGHAI)
IN_WINDOW = datetime(2022, 9, 6, 9, 30, tzinfo=SHANGHAI)
AFTER = datetime(2022, 9, 13, 9, 0, tzinfo=SHANGHAI)
GRADES = ("优良", "合格", "不合格", "优良")
SITE = {"site": "区政府门户网站", "evidence": "截图2022-031"}
STATEMENT = "卷宗第12页有会见笔录，扣分依据不足，请复评。"
GROUNDS = [("1.1 会见", "会见笔录在卷宗第12页")]
SCAN = [("申辩书.pdf", b"%PDF-1.4 scan of the paper")]


@dataclass
class Year:
    """The people and cases of the small year."""

    plan: Plan
    cases: list[DrawnCase]
    users: dict[str, User]
    handlers: list[User]
    experts: list[Expert]
    firms: list[Firm]

    def set_clock(self, moment: datetime) -> None:
        """Move the rehearsal clock of the plan to a moment."""
        self.plan.clock_offset = moment - database_now()
        self.plan.save(update_fields=["clock_offset"])

    def person(self, n: int) -> Person:
        """The person behind a handler's account."""
        person = self.handlers[n].person
        assert person is not None
        return person

    def reload(self) -> Plan:
        """The plan as it stands now."""
        self.plan = Plan.objects.get(pk=self.plan.pk)
        return self.plan


def make_user(username: str, role: Role, *, person: Person | None = None) -> User:
    """An account."""
    return User.objects.create_user(
        username, "pass-2022-wz", name=f"{username}君", role=role, person=person
    )


def make_year(
    *,
    grades: tuple[str, ...] = GRADES,
    year: int = 2022,
    commitment: bool = False,
    rectify: Decimal = Decimal(35),
) -> Year:
    """A year whose evaluation ended on 2022-08-26; one case per grade, "" for none yet."""
    add_missing_notices(read_notices(HOLIDAYS.read_text(encoding="utf-8")))
    firms = [
        Firm.objects.create(code=f"F{n}", name=f"重庆第{n}律师事务所", key=f"FIRM{n}")
        for n in (1, 2, 3)
    ]
    users = {
        role.value: make_user(role.value, role)
        for role in (Role.BUREAU, Role.CLERK, Role.LEADER, Role.AUDITOR, Role.SYSADMIN)
    }
    users["bureau2"] = make_user("bureau2", Role.BUREAU)
    people = [
        Person.objects.create(code=f"P{n}", name=name, firm=firms[n % 2])
        for n, name in enumerate(("廖果", "严霜墨"))
    ]
    handlers = [
        make_user(f"handler{n}", Role.HANDLER, person=person) for n, person in enumerate(people)
    ]
    experts = [make_expert(n, firms[2]) for n in range(4)]
    plan = _plan(year, users["bureau"], commitment=commitment, rectify=rectify)
    cases = _cases(plan, grades, firms, people)
    for case, grade in zip(cases, grades, strict=True):
        if not grade:
            continue
        add_sheets(case, experts[:2], grade=grade)
        Grading.objects.create(
            drawn_case=case, grade=grade, outcome="at_once", failing=grade == "不合格", at=ENDED
        )
    made = Year(plan, cases, users, handlers, experts, firms)
    made.set_clock(ON_TIME)
    return made


def make_expert(n: int, firm: Firm, *, society: bool = True) -> Expert:
    """An expert of both specialties with an account."""
    name = ("夏平", "潘安宁", "程远", "韩立秋", "冉小雨", "卿和", "温如玉")[n]
    person = Person.objects.create(code=f"E{n}", name=name, firm=firm)
    make_user(f"expert{n}", Role.EXPERT, person=person)
    return Expert.objects.create(
        person=person, criminal=True, civil=True, society=society, may_lead=True
    )


def _plan(year: int, bureau: User, *, commitment: bool, rectify: Decimal) -> Plan:
    frame = Frame.objects.create(
        year=year,
        window_from=date(2022, 1, 1),
        window_to=date(2022, 7, 31),
        rehearsal=True,
    )
    standard = ScoringStandard.objects.create(name=f"标准{year}", version=1)
    for ordinal, (name, floor) in enumerate((("优良", 80), ("合格", 60), ("不合格", 0)), start=1):
        GradeBand.objects.create(
            standard=standard, name=name, floor=floor, ordinal=ordinal, failing=name == "不合格"
        )
    item = Item.objects.create(
        standard=standard, scope="民事", section="会见", ordinal=1, number="1.1", title="会见",
        guidance="按时会见", full_marks=Decimal(100),
    )  # fmt: skip
    DeductionReason.objects.create(item=item, ordinal=1, text="没有会见笔录", low=1, high=100)
    return Plan.objects.create(
        year=year, frame=frame, rehearsal=True, stage=Plan.Stage.MARKED, title=f"{year}年度方案",
        marking_from=date(2022, 8, 22), marking_to=date(2022, 8, 26), place="公共法律服务中心",
        standard=standard, ended_at=ENDED, created_by=bureau, commitment=commitment,
        rectify_deduction=rectify,
    )  # fmt: skip


def _cases(
    plan: Plan, grades: tuple[str, ...], firms: list[Firm], people: list[Person]
) -> list[DrawnCase]:
    frame = plan.frame
    batch = ImportBatch.objects.create(
        frame=frame, content="ledger", file_name="台账.xlsx", sha256="0" * 64, data=b"x"
    )
    made = []
    for n in range(1, len(grades) + 1):
        case = Case.objects.create(
            frame=frame, batch=batch, serial=n, number=f"渝万援（2022）民字{n:03d}号",
            number_original=f"民字{n:03d}", key=f"渝万援（2022）民字{n:03d}号", skeleton=f"SK{n}",
            kind="civil", cause="劳动争议",
            recipient=("张三丰", "张四", "欧阳修文", "李五一")[(n - 1) % 4],
            firm=firms[(n - 1) % 2], closed_on=date(2022, 3, n % 28 + 1), row=n,
            subsidy=Decimal(1800), regular_grade="合格",
        )  # fmt: skip
        CaseHandler.objects.create(case=case, person=people[(n - 1) % 2])
        made.append(case)
    draw = _held(plan)
    return [
        DrawnCase.objects.create(draw=draw, case=case, rank=n, stratum="civil", ticket=f"{n:064d}")
        for n, case in enumerate(made, start=1)
    ]


def _held(plan: Plan) -> Draw:
    """A sample draw as the ceremony leaves it before the signatures."""
    frozen_at = ENDED - timedelta(days=9)
    draw = Draw.objects.create(
        plan=plan, kind=DrawKind.SAMPLE, code=f"WZ-{plan.year}-S1", hash_name="SHA-256",
        freeze_text="x", freeze_hash="f" * 64, frozen_at=frozen_at,
    )  # fmt: skip
    draw.sheet_a_at, draw.first_typed_by = frozen_at, plan.created_by
    draw.seed_entered_by = User.objects.exclude(pk=plan.created_by_id or 0).order_by("pk")[0]
    draw.seed = draw.first_typing = f"{plan.year}" * 5
    draw.seed_entered_at = draw.drawn_at = frozen_at + timedelta(days=1)
    draw.result_text, draw.result_hash = "x", f"{plan.year}" * 16
    draw.save()
    return draw


TOTALS = {"优良": Decimal(90), "合格": Decimal(70), "不合格": Decimal(50)}


def add_sheets(
    drawn_case: DrawnCase, pair: list[Expert], *, grade: str, in_round: str = "first"
) -> list[ScoreSheet]:
    """Two sealed sheets of one grade, with their one deduction."""
    plan = drawn_case.draw.plan
    assert plan.standard is not None
    item = plan.standard.items.get()
    sheets = []
    for expert in pair:
        sheet = ScoreSheet.objects.create(
            drawn_case=drawn_case, round=in_round, expert=expert, leads=expert == pair[0],
            standard=plan.standard, scope="民事",
        )  # fmt: skip
        with reading_as_person(expert.person_id):
            Mark.objects.create(
                sheet=sheet, item=item, deduction=100 - TOTALS[grade], reasons=[1], pages="12",
                note="笔录缺签名",
            )  # fmt: skip
        seal(sheet, grade=grade)
        sheets.append(sheet)
    return sheets


def seal(sheet: ScoreSheet, *, grade: str) -> None:
    """Seal a sheet as the marking step does."""
    with reading_as_person(sheet.expert.person_id):
        SheetContent.objects.filter(pk=sheet.pk).update(
            sealed_at=datetime(2022, 8, 25, tzinfo=UTC), total=TOTALS[grade], grade=grade,
            seal_hash="a" * 64,
        )  # fmt: skip


def publish(year: Year, *, at: datetime = ON_TIME) -> Year:
    """Approve and publish the year at a moment."""
    year.set_clock(at)
    approval = submit_for_approval(year.plan, by=year.users["bureau"])
    decide_approval(approval, decision="approved", reason="", by=year.users["leader"])
    publish_results(year.plan, **SITE, by=year.users["bureau"])
    year.reload()
    return year


REPORT = {
    "overview": "总体质量良好，程序规范。",
    "problems": "证据整理不足，个别卷宗缺会见笔录。",
    "measures": "开展专题培训，加强归档审查。",
}


def issue_report(year: Year, *, number: str = "万州司评〔2022〕1号") -> Report:
    """The bureau's report, written and issued at the plan's present day."""
    bureau = year.users["bureau"]
    write_report(year.plan, **REPORT, by=bureau)
    today = (database_now() + year.plan.clock_offset).astimezone(SHANGHAI).date()
    return reports.issue_report(year.plan, number=number, issued_on=today, by=bureau)


def find_in_review(appeal: Appeal, pair: list[Expert], *, grade: str) -> ReviewGrading:
    """What a 复评组 found, with its two sealed sheets."""
    add_sheets(appeal.drawn_case, pair, grade=grade, in_round="review")
    return ReviewGrading.objects.create(
        drawn_case=appeal.drawn_case, grade=grade, outcome="at_once", by=pair[0], at=AFTER
    )


def signed_in(user: User) -> Client:
    """A browser in which this account is signed in."""
    client = Client()
    client.force_login(user)
    return client
