"""The first page in a real browser: it logs in by keyboard and is styled by our own sheet."""

from playwright.sync_api import Page

from wanzhou_eval.models import User


def test_logging_in_by_keyboard_alone(page: Page, transactional_db: None) -> None:
    User.objects.create_user("clerk", "wanzhou-2022", name="甲", role="clerk")
    page.goto("/login/")
    page.get_by_label("账号").fill("clerk")
    page.get_by_label("密码").fill("wanzhou-2022")
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    assert page.locator("body").evaluate("e => getComputedStyle(e).marginTop") == "0px"
    assert User.objects.get().last_login is not None
