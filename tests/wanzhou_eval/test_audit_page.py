"""审计日志: words, filters, pages, the state of the chain."""

from typing import Any

import pytest
from django.db import connection

from tests.people import make_user, signed_in, words
from wanzhou_eval.audit import event_words, record_event
from wanzhou_eval.models import AuditEvent, Role
from wanzhou_eval.queries import AUDIT_PAGE, audit_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail() -> None:
    bureau, clerk = make_user(Role.BUREAU), make_user(Role.CLERK)
    record_event("create_plan", by=bureau, year=2022, target="2022年度方案")
    record_event("upload_file", by=clerk, year=2022, target="台账.xlsx", detail={"sha256": "ab"})
    record_event("create_plan", by=bureau, year=2023, target="2023年度方案")
    record_event(
        "refuse",
        by=clerk,
        target="/y/2022/draws/",
        outcome="refused",
        sentence="只有科室可以抽选。",
    )


def targets(**asked: str) -> list[str]:
    return [event.target for event in audit_trail(asked).page]


@pytest.mark.usefixtures("trail")
def test_the_filters_narrow_the_trail() -> None:
    assert targets() == ["/y/2022/draws/", "2023年度方案", "台账.xlsx", "2022年度方案"]
    assert targets(year="2022") == ["台账.xlsx", "2022年度方案"]
    assert targets(actor="bureau") == ["2023年度方案", "2022年度方案"]
    assert targets(action="create_plan", year="2023") == ["2023年度方案"]
    assert targets(outcome="refused") == ["/y/2022/draws/"]


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    "asked",
    [{"year": "2022 OR 1=1"}, {"actor": "x"}, {"detail__sha256": "ab"}, {"outcome": "lost"}],
)
def test_a_filter_that_the_trail_does_not_hold_counts_for_nothing(asked: dict[str, str]) -> None:
    assert len(targets(**asked)) == 4


def test_a_detail_called_items_is_shown_like_any_other() -> None:
    by = make_user(Role.AUDITOR)
    record_event("import_standard", by=by, target="评分标准", detail={"items": 28})
    assert "items28" in words(signed_in(by).get("/audit/"))


@pytest.mark.usefixtures("trail")
def test_the_page_speaks_chinese_and_shows_the_head_of_the_chain() -> None:
    page = words(signed_in(make_user(Role.AUDITOR)).get("/audit/"))
    for told in ("拟定方案", "上传文件待检查", "操作未获准", "只有科室可以抽选。", "柯长河"):
        assert told in page
    head = AuditEvent.objects.first()
    assert head is not None
    assert head.hash in page
    assert "4条逐条重算，全部对得上。" in page
    assert "127.0.0.1" not in page


def test_a_long_trail_is_cut_into_pages_that_keep_the_filter() -> None:
    for number in range(AUDIT_PAGE + 5):
        record_event("act", by=None, target=f"第{number}件", year=2022)
    client = signed_in(make_user(Role.AUDITOR))
    page = client.get("/audit/?year=2022&page=2").content.decode()
    assert f"共 {AUDIT_PAGE + 5} 条" in page
    assert "year=2022&amp;page=1" in page
    assert "第4件" in page
    assert "第5件" not in page


def test_a_broken_chain_is_shown_with_its_first_bad_line(as_owner: Any) -> None:
    for name in ("甲", "乙", "丙"):
        record_event("act", by=None, target=name)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wanzhou_eval_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE wanzhou_eval_auditevent SET target = '丁' WHERE seq = 2")
    page = words(signed_in(make_user(Role.AUDITOR)).get("/audit/"))
    assert "记录链在第2条断开" in page
    assert "全部对得上" not in page


def test_words_of_a_line() -> None:
    assert event_words(AuditEvent(action="log_in", outcome="done")) == "登录"
    assert event_words(AuditEvent(action="log_in", outcome="refused")) == "登录（未获准）"
    assert event_words(AuditEvent(action="refuse", outcome="refused")) == "操作未获准"
    moved = AuditEvent(action="move_plan", outcome="done", detail={"stage": "已印发"})
    assert event_words(moved) == "进入新阶段“已印发”"
    assert event_words(AuditEvent(action="unheard_of", outcome="done")) == "unheard_of"


def test_the_number_of_queries_does_not_grow_with_the_lines(
    django_assert_num_queries: Any,
) -> None:
    counts = []
    for _ in range(2):
        for number in range(3):
            record_event("act", by=None, target=str(number))
        with django_assert_num_queries(7) as asked:
            list(audit_trail({}).lines)
        counts.append(len(asked))
    assert counts[0] == counts[1]
