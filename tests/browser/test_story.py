"""The year in Chromium: the import by hand, and every page of it by axe at the office's sizes.

`STORY_SHOTS=folder` keeps a picture of every page at both sizes.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize, expect

from appeals.models import Appeal
from appeals.rehearsal import after, marking
from appeals.rehearsal import year as rehearsal
from appeals.rehearsal.year import Rehearsal
from cases.models import Case, ImportBatch
from evaluations.actions import draws
from evaluations.actions.expert_pool import enter_absence
from evaluations.models import DrawnCase, PanelMember, ScoreSheet, ScoringStandard
from experts.models import Expert
from tests.workbook_samples import HEADER, LEDGER, case, xlsx
from wanzhou_eval.models import User

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("STORY_SHOTS", "")
SIZES: tuple[ViewportSize, ...] = (
    {"width": 1366, "height": 768},
    {"width": 1920, "height": 1080},
)
Y = "/y/2022/"
Look = Callable[..., None]


@pytest.fixture
def year() -> Rehearsal:
    """A rehearsal at 拟定, with pool and standard."""
    call_command("load_reference", verbosity=0)
    return rehearsal.draft(seed=2022, say=lambda sentence: None)


@pytest.fixture
def look(browser: Browser, live_server: object) -> Iterator[Look]:
    """`look(account, *addresses)`: open each, let axe read it, see that nothing hangs over."""
    context = browser.new_context(viewport=SIZES[0], locale="zh-CN", base_url=str(live_server))
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)

    def looked(account: User | None, *addresses: str) -> None:
        sign_in(page, account, at=str(live_server))
        for address in addresses:
            page.set_viewport_size(SIZES[0])
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            found = Axe().run(page)
            assert found.violations_count == 0, f"{address}\n{found.generate_report()}"
            for size in SIZES:
                page.set_viewport_size(size)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= size["width"], f"{address} hangs over at {size['width']}"
                shoot(page, f"{address.strip('/').replace('/', '-') or 'home'}-{size['width']}")
        page.goto("about:blank")  # a page that follows the server would come again in between
        assert errors == []

    yield looked
    context.close()


def sign_in(page: Page, user: User | None, *, at: str) -> None:
    """Put a session of this account into the browser, or nobody's."""
    page.context.clear_cookies()
    if user is None:
        return
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": at}])


def shoot(page: Page, name: str) -> None:
    """Keep a picture when asked to."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def test_the_clerk_imports_the_ledger(page: Page, year: Rehearsal, tmp_path: Path) -> None:
    page.goto("/login/")
    page.get_by_label("账号").fill("clerk")
    page.get_by_label("密码").fill("wanzhou-2022")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{Y}")
    page.goto(f"{Y}cases/import/")
    bad = tmp_path / "有错的台账.xlsx"
    bad.write_bytes(xlsx([HEADER, case(1), case(2, 结案日期="二〇二二年")]))
    page.get_by_label("Excel 文件").set_input_files(bad)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("1 处错误要先改")).to_be_visible()
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    page.get_by_role("button", name="放弃这次上传").click()
    expect(page.get_by_text("没有写入任何案件")).to_be_visible()
    page.get_by_label("Excel 文件").set_input_files(LEDGER)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("读到 761 件，可导入 761 件")).to_be_visible()
    assert Case.objects.count() == 0
    page.get_by_role("button", name="确认导入 761 件").click()
    expect(page.get_by_text("已导入：新增761")).to_be_visible()
    assert Case.objects.count() == 761
    assert ImportBatch.objects.exclude(confirmed_at=None).count() == 1


def test_pages_until_the_list_is_sealed(look: Look, year: Rehearsal) -> None:
    bureau = year.people["bureau"]
    standard = ScoringStandard.objects.get().pk
    look(None, "/login/")
    look(year.people["clerk"], f"{Y}cases/", f"{Y}cases/import/")
    look(bureau, Y, f"{Y}plan/edit/", f"{Y}plan/items/", f"{Y}plan/items/{standard}/")
    look(bureau, f"{Y}plan/items/import/", f"{Y}experts/import/", f"{Y}experts/recusals/new/")
    rehearsal.issue(year)
    batch = ImportBatch.objects.get(content="ledger")
    look(bureau, Y, f"{Y}plan/", f"{Y}plan/size/", f"{Y}experts/", f"{Y}draws/")
    look(bureau, f"{Y}cases/", f"{Y}cases/313/", f"{Y}cases/import/{batch.pk}/")
    rehearsal.seal(year)
    look(bureau, f"{Y}draws/", f"{Y}draws/WZ-2022-S1/console/", f"{Y}draws/WZ-2022-S1/live/")


def test_pages_of_the_draws_and_of_marking(look: Look, year: Rehearsal) -> None:
    bureau, clerk = year.people["bureau"], year.people["clerk"]
    rehearsal.issue(year)
    rehearsal.seal(year)
    console, draw = f"{Y}draws/WZ-2022-S1/console/", year.plan.draws.get()
    year.at(8, 17, 10)
    draws.sign_sheet_a(draw, by=bureau)
    look(bureau, console)
    digits = year.rolled()
    draws.enter_seed(draw, digits=digits, source="d10", witnesses="甲、乙", by=bureau)
    look(clerk, console)
    held = draws.hold_draw(draw, digits=digits, by=clerk)
    draws.announce(held, upto=14, by=bureau)
    look(bureau, console, f"{Y}draws/WZ-2022-S1/live/")
    draws.announce(held, upto=76, by=bureau)
    look(bureau, console)
    draws.sign_draw(held, by=bureau)
    record = f"{Y}draws/WZ-2022-S1/"
    look(bureau, record, f"{record}sheet-a/", f"{record}verify/", f"{record}void/")
    rehearsal.draw_panels(year)
    look(bureau, f"{Y}draws/", f"{Y}panels/", f"{Y}draws/why/1/")
    rehearsal.match(year)
    look(bureau, f"{Y}panels/", f"{Y}scoring/", f"{Y}draws/WZ-2022-M1/")
    marking.half_way(year)
    look(bureau, Y, f"{Y}scoring/", f"{Y}settle/")
    sheet = ScoreSheet.objects.filter(sealed=False).order_by("position", "pk")[0]
    expert = year.experts[sheet.expert_id]
    own = f"/score/2022/{sheet.drawn_case.case.serial}/"
    look(expert, "/score/", "/score/undertaking/", own, f"{own}check/", f"{own}recuse/", "/settle/")


def test_pages_of_experts_who_come_and_go(look: Look, year: Rehearsal) -> None:
    bureau, leader = year.people["bureau"], year.people["leader"]
    rehearsal.issue(year)
    rehearsal.seal(year)
    one = Expert.objects.order_by("pk")[0]
    own = f"{Y}experts/{one.pk}/"
    look(bureau, own, f"{own}edit/", f"{own}absence/", f"{Y}letters/")
    said = {"reason": "外派学习", "document": "本人书面申请"}
    enter_absence(year.plan, one, by=bureau, **said)
    look(bureau, own, f"{own}absence/lift/", f"{Y}experts/")
    rehearsal.draw_sample(year)
    rehearsal.draw_panels(year)
    seat = PanelMember.objects.standing().filter(panel__category="civil", leads=True)[0]
    expert = year.experts[seat.expert_id]
    look(bureau, f"{Y}panels/withdraw/{seat.expert_id}/", f"{Y}replacements/")
    look(expert, "/score/", "/my/resign/2022/")
    entry = draws.request_withdrawal(year.plan, seat.expert, cause="", reason="出庭", by=expert)
    look(expert, "/score/", "/my/resign/2022/")
    look(leader, Y, f"{Y}replacements/")
    look(bureau, f"{Y}replacements/")
    draws.confirm_replacement(entry, by=bureau)
    look(bureau, f"{Y}replacements/", f"{Y}panels/", f"{Y}letters/", f"{Y}letters/print/")
    look(bureau, f"{Y}draws/WZ-2022-E1/", f"{Y}draws/WZ-2022-E1/console/")


def test_pages_after_marking(look: Look, year: Rehearsal) -> None:
    bureau, leader = year.people["bureau"], year.people["leader"]
    for _, step in rehearsal.STEPS[:7]:
        step(year)
    look(leader, Y, f"{Y}review/", f"{Y}publish/", f"{Y}settle/", f"{Y}reports/")
    graded = DrawnCase.objects.of(year.plan).select_related("case")[0].case.serial
    look(leader, f"{Y}settle/{graded}/")
    after.publish(year)
    appeal = Appeal.objects.get()
    serial = appeal.drawn_case.case.serial
    look(None, "/public/", "/public/2022/")
    handler = User.objects.get(username="handler")
    look(handler, "/my/", f"/my/2022/{serial}/")
    look(bureau, Y, f"{Y}appeals/", f"{Y}appeals/{appeal.pk}/", f"{Y}appeals/register/")
    after.close(year)
    look(bureau, f"{Y}appeals/{appeal.pk}/", f"{Y}consequences/", f"{Y}payments/", f"{Y}archive/")
    look(bureau, f"{Y}reports/", f"{Y}reports/brief/", "/audit/", "/calendar/", "/me/", "/help/")
