"""Any page in Chromium: signed in, sound for axe, at the office's two sizes, on A4."""

import re
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, ViewportSize

from evaluations import verifiers
from wanzhou_eval.models import User

DESK: ViewportSize = {"width": 1366, "height": 768}
WALL: ViewportSize = {"width": 1920, "height": 1080}
PAGE_OBJECT = re.compile(rb"/Type\s*/Page\b")
OFFLINE_PAGE = Path(verifiers.__file__).with_name("offline_verifier.html")


def sign_in(page: Page, user: User, site: object) -> None:
    """Put a session of this account into the browser."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": str(site)}
    page.context.add_cookies([cookie])


def sound(page: Page) -> None:
    """Nothing for axe, nothing wider than the screen."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def fits(page: Page, address: str, *, whole: bool = False) -> None:
    """The page at both sizes, sideways and, where it is a projector, downwards."""
    for size in (WALL, DESK):
        page.set_viewport_size(size)
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        if whole:
            assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), size


def sheets(page: Page, address: str) -> int:
    """A4 pages on the printer."""
    page.goto(address)
    return len(PAGE_OBJECT.findall(page.pdf(prefer_css_page_size=True)))
