"""Every address as every role: who may, who may not, and nothing of somebody else's.

`POLICY` is the declared truth, one line per URL name. A new URL without a line fails; a view
whose `allowed_roles` differ from its line fails; what the server answers must follow.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from appeals.models import Appeal
from evaluations.models import Draw, DrawnCase, Plan, ScoreSheet
from evaluations.rules.stages import Stage
from tests.people import signed_in, words
from tests.year import year_until
from wanzhou_eval.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db
LETTERS = {
    "S": Role.SYSADMIN,
    "B": Role.BUREAU,
    "C": Role.CLERK,
    "E": Role.EXPERT,
    "H": Role.HANDLER,
    "L": Role.LEADER,
    "A": Role.AUDITOR,
}
PUBLIC = "public"
POLICY: dict[str, str] = dict(
    line.split()
    for line in """
login public
public_results public
public_draws public
public_draws_of public
public_draw_package public
home SBCEHLA
logout SBCEHLA
account SBCEHLA
stay SBCEHLA
password SBCEHLA
text_size SBCEHLA
help SBCEHLA
help_topic SBCEHLA
calendar SBCEHLA
specimen SB
audit BLA
overview BCLA
plan_new B
plan_detail BCLA
plan_edit B
plan_issue B
size_desk BCLA
rehearsal_clock B
case_list BCLA
case_detail BCLA
case_exclude BC
case_correct BC
case_cleaning BCLA
case_cleaning_text BC
case_left_out BCLA
case_include BC
case_withdraw BC
case_frame BCLA
case_frame_text BCLA
import_list BCLA
import_file BC
import_changes BCA
import_absences BC
import_reject BC
import_unreject BC
declare_total BC
import_upload BC
import_review BCA
import_confirm BC
import_stop BC
import_recheck BC
import_discard BC
import_annotated BC
import_columns SBC
import_word BC
word_list SBCLA
word_keep SBC
word_remove SBC
expert_list BCLA
expert_detail BCLA
expert_edit B
absence_new B
absence_lift B
pool_upload B
recusal_new B
draw_list BCLA
draw_freeze B
draw_lookup BCLA
draw_why BCHLA
draw_replace B
draw_detail BCLA
draw_console BCLA
draw_live BCLA
draw_state BCLA
draw_advance BC
draw_void BL
draw_sheet_a BCLA
draw_certificate BCLA
draw_package BCLA
draw_export BCLA
draw_verify BCLA
panel_list BCLA
panel_withdraw B
replacement_list BCLA
replacement_decide BCL
my_resign E
letter_list BCLA
letter_print BCLA
custody BCLA
custody_scan BC
custody_panel BC
custody_pull BCLA
custody_labels BCLA
custody_file BCLA
custody_missing BC
custody_found BC
standard_list BCELA
standard_import B
standard_detail BCELA
standard_adopt B
standard_new B
standard_copy B
standard_convert B
standard_edit B
standard_item_new B
standard_item B
standard_item_act B
standard_preview BCELA
standard_compare BCELA
training BCELA
training_new BC
training_correct BC
undertaking_paper BCLA
trial BCELA
trial_open B
trial_close B
trial_sheet E
trial_save E
trial_check E
trial_seal E
practice E
practice_save E
practice_check E
practice_seal E
practice_again E
progress BCLA
marking_open B
marking_close B
marking_extend B
progress_nudge BC
recusal_list BCLA
recusal_rematch BCL
recusal_import B
recusal_mine E
recusal_withdraw B
settle_overview BLA
settle_record BLA
settle_review_record BLA
my_tasks E
score_offline E
score_offline_file E
undertaking E
score_sheet E
score_save E
score_check E
score_seal E
score_recuse E
score_withdraw E
score_problem E
score_print E
paper_list BC
paper_print BC
paper_sheet BC
paper_confirm BC
paper_discard BC
paper_scan BELA
review_sheet E
review_save E
review_check E
review_seal E
review_recuse E
review_withdraw E
review_problem E
review_print E
settle_list E
settle_confirm_all E
settle_case E
settle_confirm E
settle_propose E
settle_answer E
settle_rule E
settle_return E
settle_review E
settle_review_confirm E
settle_review_propose E
settle_review_answer E
settle_review_rule E
settle_review_return E
approval BLA
approval_decide BLA
approval_word BLA
publish BLA
publish_withhold BLA
publish_export BLA
publish_word BLA
publish_place BLA
publish_file BLA
public_list public
report BLA
report_word BLA
report_write B
report_issue B
my_reports E
my_report E
brief BLA
allowances BLA
allowance_word BLA
allowance_enter B
allowance_decide BL
document_list BLA
document_detail BLA
document_template BLA
document_specimen BLA
document_restore B
document_pack BLA
document_pack_file BLA
draw_word BCLA
settle_word BLA
settle_sheet_word BLA
score_word E
appeal_word BCLA
my_word H
my_cases H
my_case H
appeal_new H
my_notice H
appeal_withdraw H
review_materials E
appeal_file BCEHLA
appeal_list BCLA
appeal_register BC
appeal_detail BCLA
appeal_notice BCLA
appeal_withdrawal BC
appeal_confirm BC
appeal_freeze B
appeal_panel B
appeal_reviewer BL
appeal_decide B
consequences BCLA
consequence_step BC
consequence_word BCLA
consequence_order B
archive BLA
archive_package BLA
""".strip().splitlines()
)


ASKING = frozenset({"draw_lookup"})
"""Pages that need something typed into their address."""


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every pattern of ours with its route; the administration has its own test."""
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield route, each
        elif not each.namespace:
            yield from patterns(each, route)


ROUTES = [(route, pattern) for route, pattern in patterns()]


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    with year_until(Stage.PUBLISHED, django_db_blocker, cases=8) as plan:
        yield plan


@pytest.fixture(scope="module")
def addresses(plan: Plan, django_db_blocker: Any) -> list[tuple[str, str]]:
    """(name, address) of every pattern, filled with objects that exist."""
    with django_db_blocker.unblock():
        assert plan.standard is not None
        drawn = DrawnCase.objects.of(plan).select_related("case").order_by("pk")[0]
        sheet = ScoreSheet.objects.filter(drawn_case=drawn).order_by("pk")[0]
        batch = plan.frame.batches.order_by("pk")[0]
        appeal = Appeal.objects.order_by("pk")[0]
        given: dict[str, Any] = {
            "year": plan.year,
            "serial": drawn.case.serial,
            "code": Draw.objects.get(kind="sample").code,
            "topic": "draw",
            "version": 1,
            "step": "notice",
            "subject": "kind",
            "ordinal": 1,
            "item": plan.standard.items.order_by("pk")[0].pk,
            "kind": "score_sheet",
            "in_round": "first",
            "place": 1,
            "form": "docx",
            "paper": "notice",
        }
        own_pk = {
            "import": batch.pk,
            "standard": plan.standard_id,
            "sheet": sheet.pk,
            "expert": sheet.expert_id,
            "absence": sheet.expert_id,
        }
        found = []
        for _, pattern in ROUTES:
            kwargs = {name: given.get(name) for name in pattern.pattern.converters}
            if "pk" in kwargs:
                kwargs["pk"] = own_pk.get(pattern.name.split("_")[0], appeal.pk)
            found.append((pattern.name, reverse(pattern.name, kwargs=kwargs)))
        return found


@pytest.fixture(scope="module")
def browsers(plan: Plan, django_db_blocker: Any) -> dict[Role, Client]:
    """One signed-in browser per role, the rehearsal's accounts."""
    with django_db_blocker.unblock():
        found = {}
        for role in Role:
            user = User.objects.filter(role=role, is_active=True).order_by("pk")[0]
            found[role] = signed_in(user)
            found[role].raise_request_exception = False
        return found


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def read(browser: Client, address: str) -> int:
    """Open an address to its end, as a browser does: a file left half-way stays open."""
    answer = browser.get(address)
    b"".join(answer)
    return answer.status_code


def post(browser: Client, address: str) -> Any:
    """Send an empty form; the cookies stay as they were, even after 退出."""
    kept = {name: morsel.value for name, morsel in browser.cookies.items()}
    try:
        answer = browser.post(address, {"sent": "1", "reason": "x", "total": "1"})
        b"".join(answer)
        return answer
    finally:
        browser.cookies.clear()
        browser.cookies.load(kept)


def roles_of(name: str) -> frozenset[Role]:
    letters = POLICY[name]
    return frozenset(Role) if letters == PUBLIC else frozenset(LETTERS[x] for x in letters)


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    assert {pattern.name for _, pattern in ROUTES} == set(POLICY)


@pytest.mark.parametrize(("route", "pattern"), ROUTES, ids=[route for route, _ in ROUTES])
def test_the_view_declares_what_the_line_says(route: str, pattern: Any) -> None:
    declared = getattr(pattern.callback, "allowed_roles", "nothing declared")
    expected = None if POLICY[pattern.name] == PUBLIC else roles_of(pattern.name)
    assert declared == expected, route


def test_without_login_there_is_the_login_page(addresses: list[tuple[str, str]]) -> None:
    bad = []
    for name, address in addresses:
        got, sent = Client().get(address), Client().post(address)
        if POLICY[name] == PUBLIC:
            right = got.status_code == 200 and sent.status_code != 500
        else:
            right = all(
                answer.status_code == 302 and answer["Location"].startswith("/login/")
                for answer in (got, sent)
            )
        if not right:
            bad.append((name, got.status_code, sent.status_code))
    assert bad == []


@pytest.mark.parametrize("role", list(Role))
def test_reading_follows_the_policy_and_changes_nothing(
    role: Role, addresses: list[tuple[str, str]], browsers: dict[Role, Client]
) -> None:
    before = fingerprint()
    bad = []
    for name, address in addresses:
        status = read(browsers[role], address)
        lawful = {200, 302, 404, 405, 409} if role in roles_of(name) else {403}
        if name in ASKING and role in roles_of(name):
            lawful = {422}
        if status not in lawful:
            bad.append((name, address, status))
    assert bad == []
    assert fingerprint() == before


def test_no_number_in_an_address_is_too_large(
    addresses: list[tuple[str, str]],
    browsers: dict[Role, Client],
) -> None:
    """Every number of an address in turn beyond the columns it is looked up in, and a year 0."""
    tried, bad = 0, []
    for name, address in addresses:
        for number in re.finditer(r"(?<=/)\d+(?=/)", address):
            for odd in ("0", "40000", str(2**31), str(2**63), str(10**24)):
                wild = address[: number.start()] + odd + address[number.end() :]
                role = min(roles_of(name))
                tried += 1
                if read(browsers[role], wild) >= 500:
                    bad.append(wild)
            wild = address[: number.start()] + str(2**31) + address[number.end() :]
            with undone():
                if post(browsers[min(roles_of(name))], wild).status_code >= 500:
                    bad.append(f"POST {wild}")
    assert bad == []
    assert tried > 500


def fingerprint() -> dict[str, int]:
    """Rows per table; reading may add audit lines of refusals and exports, nothing else."""
    kept = {AuditEvent, Session}
    counts = {m._meta.label: m._default_manager.count() for m in apps.get_models() if m not in kept}
    done = AuditEvent.objects.filter(outcome="done").exclude(action="export_list")
    return counts | {"done": done.count()}


@pytest.mark.parametrize("role", list(Role))
def test_an_empty_form_follows_the_policy_and_is_never_a_fault(
    role: Role, addresses: list[tuple[str, str]], browsers: dict[Role, Client]
) -> None:
    bad = []
    for name, address in addresses:
        with undone():
            status = post(browsers[role], address).status_code
        lawful = {200, 302, 403, 404, 405, 409, 422} if role in roles_of(name) else {403}
        if status not in lawful:
            bad.append((name, address, status))
    assert bad == []


def test_the_auditor_changes_nothing_whatever_he_sends(
    addresses: list[tuple[str, str]], browsers: dict[Role, Client]
) -> None:
    own = {"logout", "password", "text_size", "account", "login"}
    before = fingerprint()
    for name, address in addresses:
        if name not in own:
            post(browsers[Role.AUDITOR], address)
    assert fingerprint() == before


def foreign_addresses(plan: Plan) -> list[tuple[User, str]]:
    """What exists but belongs to somebody else, and what does not exist."""
    drawn = DrawnCase.objects.of(plan).select_related("case")
    expert = User.objects.filter(role=Role.EXPERT, person__isnull=False).order_by("pk")[0]
    own = ScoreSheet.objects.filter(expert__person=expert.person).values("drawn_case")
    other = drawn.exclude(pk__in=own)[0].case.serial
    undrawn = plan.frame.cases.exclude(drawn__isnull=False)[0].serial
    handler = User.objects.get(username="handler")
    strange = drawn.exclude(case__handlers__person=handler.person)[0].case.serial
    pages = ["", "check/", "print/", "recuse/", "review/", "review/check/"]
    found = [
        (expert, f"/{start}/2022/{serial}/{page}")
        for serial in (other, undrawn, 99999)
        for start, tails in (("score", pages), ("settle", ["", "review/"]))
        for page in tails
    ]
    for serial in (strange, undrawn, 99999):
        pages_of_handlers = ("", "appeal/", "notices/1/")
        found += [(handler, f"/my/2022/{serial}/{page}") for page in pages_of_handlers]
        found.append((expert, f"/my/reviews/2022/{serial}/"))
    bureau = User.objects.get(username="bureau")
    found += [
        (bureau, address)
        for address in (
            "/y/1999/",
            "/y/1999/draws/",
            "/y/1999/scoring/",
            "/y/1999/publish/",
            "/y/1999/appeals/",
            "/y/1999/archive/",
            "/y/2022/draws/2099-A/",
            "/y/2022/appeals/99999/",
            "/y/2022/cases/99999/",
            "/y/2022/cases/import/99999/",
            "/y/2022/plan/items/99999/",
            "/appeals/files/99999/",
            "/y/2022/settle/99999/",
        )
    ]
    return found


def test_what_is_somebody_elses_is_not_there(plan: Plan) -> None:
    bad = []
    clients: dict[int, Client] = {}
    for user, address in foreign_addresses(plan):
        client = clients.setdefault(user.pk, signed_in(user))
        client.raise_request_exception = False
        answer = client.get(address)
        if answer.status_code == 405:
            answer = client.post(address)
        if answer.status_code != 404 or "没有" not in words(answer):
            bad.append((user.username, address, answer.status_code))
    assert bad == []


def test_somebody_elses_and_nobodys_case_read_the_same(plan: Plan) -> None:
    handler = User.objects.get(username="handler")
    strange = DrawnCase.objects.of(plan).exclude(case__handlers__person=handler.person)
    serial = strange.select_related("case")[0].case.serial
    client = signed_in(handler)
    pages = []
    for number in (serial, 99999):
        page = words(client.get(f"/my/2022/{number}/"))
        pages.append(page.replace(f"{number:04d}", "").replace(str(number), ""))
    assert pages[0] == pages[1]
