"""Score sheets in Chromium: a long standard, the sign-in, the keyboard, what is saved and waits."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page, expect

from evaluations.models import DeductionReason, GradeBand, Item, Mark, ScoringStandard
from tests.browser.pages import sign_in
from tests.evaluations.marking_year import SCOPE, Hall
from wanzhou_eval.models import User
from wanzhou_eval.readers import reading_as

TOKEN_COOKIE = "wanzhou_session"


def long_standard(*, items: int = 22) -> ScoringStandard:
    """22 items of 100 marks in four sections, each with a fixed, a ranged and another reason."""
    standard = ScoringStandard.objects.create(name="长标准", version=1, sha256="b" * 64)
    for place, (name, floor) in enumerate((("优良", 80), ("合格", 60), ("不合格", 0)), 1):
        GradeBand.objects.create(
            standard=standard, name=name, floor=floor, ordinal=place, failing=floor == 0
        )
    for n in range(items):
        part = n * 4 // items
        item = Item.objects.create(
            standard=standard, scope=SCOPE, section=f"{'ABCD'[part]} 指标{part}", ordinal=n + 1,
            number=f"{'ABCD'[part]}{n + 1}", title=f"评估项目{n + 1}", rule="缺签名扣2分",
            guidance="按期、完整、有签名", full_marks=6 if n < 12 else Decimal("2.8"),
        )  # fmt: skip
        DeductionReason.objects.create(item=item, ordinal=1, text="缺签名", low=2, high=2)
        DeductionReason.objects.create(
            item=item, ordinal=2, text="其他（写明理由）", low=Decimal("0.5"), high=2, other=True
        )
    return standard


def enter(page: Page, user: User) -> None:
    """Sign in without typing: the login has its own test."""
    sign_in(page, user, BASE[0])


BASE: list[str] = []
"""The address of the live server, told by the fixture `base`."""
DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('wz-draft-')).length"


def nothing_waits(page: Page) -> None:
    """Everything that waited in the browser was sent or wiped."""
    for _ in range(100):
        if page.evaluate(DRAFTS) == 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError(page.evaluate(DRAFTS))


def own(hall: Hall) -> list[Mark]:
    """What the leader has saved, as its author reads it."""
    with reading_as(hall.leader):
        return list(Mark.objects.order_by("item__ordinal"))


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def saved(page: Page) -> None:
    expect(page.locator("[data-save]")).to_have_attribute("data-state", "saved")


def without_deductions(page: Page) -> None:
    """本节其余项不扣分, section after section: a button goes once its section is dealt with."""
    rest = page.locator("[data-rest]:visible")
    for left in range(rest.count(), 0, -1):
        expect(rest).to_have_count(left)
        rest.first.click()
