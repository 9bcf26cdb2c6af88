"""系统管理 and the ground-floor pages in a real browser: no page breaks the strict policy."""

import pytest
from django.core.management import call_command
from playwright.sync_api import Page

from tests.people import PASSWORD, make_user
from wanzhou_eval.models import Holiday, HolidayNotice, Role, User


def log_in(page: Page, role: Role) -> None:
    make_user(role)
    page.goto("/login/")
    page.get_by_label("账号").fill(role.value)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


@pytest.mark.usefixtures("transactional_db")
def test_the_administration_works_under_the_strict_policy(page: Page) -> None:
    log_in(page, Role.SYSADMIN)
    page.goto("/admin/wanzhou_eval/user/add/")
    page.locator("#id_username").fill("zhang")
    page.locator("#id_name").fill("章一")
    page.locator("#id_role").select_option("clerk")
    page.locator("input[name=_save]").click()
    assert len(page.locator("#initial-password").inner_text()) == 14
    assert User.objects.get(username="zhang").must_change_password
    page.goto("/admin/wanzhou_eval/holidaynotice/add/")
    page.locator("#id_year").fill("2027")
    page.locator("#id_title").fill("国务院办公厅关于2027年部分节假日安排的通知")
    page.locator("#id_document").fill("国办发明电〔2026〕9号")
    page.locator("#id_issued_on").fill("2026-11-04")
    page.locator("#id_days-0-day").fill("2027-01-01")
    page.locator("#id_days-0-kind").select_option("off")
    page.locator("#id_days-0-name").fill("元旦")
    page.locator("input[name=_save]").click()
    page.wait_for_url("**/holidaynotice/")
    assert HolidayNotice.objects.get().year == Holiday.objects.get().day.year == 2027
    for address in ("user/", "holiday/", "firmalias/add/"):
        page.goto(f"/admin/wanzhou_eval/{address}")
    page.goto("/admin/cases/case/import/")
    assert page.get_by_role("button", name="上传并检查").is_visible()


@pytest.mark.usefixtures("transactional_db")
def test_calendar_trail_help_and_account_raise_no_error(page: Page) -> None:
    call_command("load_reference", verbosity=0)
    log_in(page, Role.BUREAU)
    for address in ("/calendar/?year=2022", "/audit/", "/help/", "/help/draw/", "/me/"):
        page.goto(address)
        assert page.locator("h1").inner_text().strip()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/calendar/?year=2022")
    assert page.locator(".month td.off").count() > 25
    assert (
        page.locator(".month td.off").first.evaluate("e => getComputedStyle(e).backgroundColor")
        == "rgb(252, 239, 237)"
    )
