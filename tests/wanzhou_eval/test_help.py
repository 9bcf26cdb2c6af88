"""帮助: a page per role, two more topics, every link leads somewhere."""

import re

import pytest
from django.urls import Resolver404, resolve

from tests.people import make_user, signed_in
from wanzhou_eval.models import Role
from wanzhou_eval.views import HELP_TOPICS

pytestmark = pytest.mark.django_db
TOPICS = [role.value for role in Role] + [code for code, _ in HELP_TOPICS]


@pytest.mark.parametrize("role", list(Role))
def test_help_opens_at_the_readers_own_page(role: Role) -> None:
    page = signed_in(make_user(role)).get("/help/").content.decode()
    title = {"科室": "公共法律服务科", "中心": "区法律援助中心"}.get(role.label, role.label)
    assert f"帮助：{title}" in re.sub(r"\s+", "", page)
    assert "data-print" in page


@pytest.mark.parametrize("topic", TOPICS)
def test_every_page_is_short_has_steps_and_living_links(topic: str) -> None:
    page = signed_in(make_user(Role.LEADER)).get(f"/help/{topic}/").content.decode()
    text = page[page.index('<div class="prose">') : page.index("<aside")]
    links = re.findall(r'href="(/[^"?#]*)', text)
    for link in links:
        try:
            resolve(link)
        except Resolver404:
            pytest.fail(f"{topic}: {link}")
    words = re.sub(r"<[^>]+>|\s", "", text)
    assert 300 < len(words) < 1600
    assert "您" not in words
    assert "！" not in words


@pytest.mark.parametrize("topic", ["nobody", "_page", "draw2"])
def test_an_unknown_page_is_a_sentence(topic: str) -> None:
    answer = signed_in(make_user(Role.CLERK)).get(f"/help/{topic}/")
    assert answer.status_code == 404
    assert "没有这个帮助页。请从“帮助”目录里选。" in answer.content.decode()
