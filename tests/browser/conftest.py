"""A Chromium for the tests: found on this machine, never downloaded."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.sheets import BASE
from tests.chromium import MISSING, chromium_path, started

DESK: ViewportSize = {"width": 1366, "height": 768}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, so that `-m 'not browser'` leaves it out."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests. `BROWSER_TESTS=required` makes its absence a failure."""
    path = chromium_path()
    if path is None:
        pytest.skip(MISSING)
    with started(path) as running:
        yield running


@pytest.fixture
def page(browser: Browser, live_server: object) -> Iterator[Page]:
    """A fresh window at the size of an office screen, pointed at the live server.

    Any error that the page reports to the console fails the test: CSP breaches among them.
    """
    context = browser.new_context(viewport=DESK, locale="zh-CN", base_url=str(live_server))
    context.set_default_timeout(10_000)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield opened
    context.close()
    expected = (
        "Failed to load resource: the server responded with a status of 4",  # refusals
        "Failed to load resource: net::ERR_INTERNET_DISCONNECTED",  # tests that cut the network
    )
    assert [error for error in errors if not error.startswith(expected)] == []


@pytest.fixture
def base(live_server: object) -> None:
    """Tell `sheets.enter` where the live server is."""
    BASE[:] = [str(live_server)]
