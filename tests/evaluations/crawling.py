"""What the tests of blindness read: every GET address of the project, and all that an answer says.

An answer is read as a curious reader reads it: workbooks, documents and packages are opened,
headers count, and so does the number of statements behind it.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appeals.management.commands.verify_records import CHECKS
from cases.models import ImportBatch
from evaluations.models import Item, Plan, ScoreSheet
from experts.models import Expert
from tests.test_matrix import POLICY, PUBLIC, ROUTES, roles_of
from wanzhou_eval.models import Role, User
from wanzhou_eval.readers import verifying

SKIPPED = frozenset({"logout", "stay"})
"""Addresses that end or prolong the session: they are no page."""
CHANGING = re.compile(
    r"[0-9a-f]{12,}|(?:[0-9a-f]{4} ){3,}[0-9a-f]{4}"
    r"|\b\d{5}\.\d{4,}|\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?|\d{1,2}[时点]\d{1,2}分"
    r'|csrfmiddlewaretoken" value="\w+"|nonce-?[="][\w+/=-]+'
)
"""What differs between any two requests: digests with a time in them, clock times, tokens."""
UNCOMPARED = frozenset({"Set-Cookie", "Content-Security-Policy", "Expires", "Last-Modified"})


@dataclass(frozen=True)
class Address:
    """A page: `name` of the pattern, the path, and who may open it (None: anybody)."""

    name: str
    path: str
    roles: frozenset[Role] | None


@dataclass(frozen=True)
class Answer:
    """All that a reader learns from one request."""

    status: int
    kind: str
    headers: tuple[tuple[str, str], ...]
    text: str
    queries: int
    packed: bool

    @property
    def comparable(self) -> tuple[Any, ...]:
        """The answer without what differs between any two requests."""
        heads = dict(self.headers)
        for name in UNCOMPARED | ({"Content-Length", "ETag"} if self.packed else set()):
            heads.pop(name, None)
        return self.status, sorted(heads.items()), CHANGING.sub("#", self.text), self.queries

    def against(self, other: "Answer") -> str:
        """The first difference, for the message of a failing test."""
        for one, two in zip(self.comparable, other.comparable, strict=True):
            if one != two:
                texts = str(one), str(two)
                pairs = enumerate(zip(*texts, strict=False))
                start = max(next((at for at, (x, y) in pairs if x != y), 0) - 60, 0)
                return " <> ".join(text[start : start + 160] for text in texts)
        return ""


@dataclass
class Crawl:
    """What one reader saw: the answers by path."""

    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Answers that were pages or files, not refusals."""
        return sum(answer.status == 200 for answer in self.answers.values())

    @property
    def packed(self) -> int:
        """Workbooks, documents and packages that were opened."""
        return sum(answer.packed for answer in self.answers.values())

    def holding(self, pattern: "re.Pattern[str]") -> dict[str, set[str]]:
        """What is found per path, in bodies and headers; the own address may be echoed."""
        found = {}
        for path, answer in self.answers.items():
            text = answer.text + repr(answer.headers)
            hits = set(pattern.findall(text.replace(path, ""))) - set(pattern.findall(path))
            if hits:
                found[path] = hits
        return found


def addresses(plan: Plan) -> list[Address]:
    """Every address of the project filled with what exists, the administration's too."""
    found = []
    for _, pattern in ROUTES:
        if pattern.name in SKIPPED:
            continue
        given = _given(plan, pattern.name)
        kwargs = {name: given[name] for name in pattern.pattern.converters}
        roles = None if POLICY[pattern.name] == PUBLIC else roles_of(pattern.name)
        found.append(Address(pattern.name, reverse(pattern.name, kwargs=kwargs), roles))
    return [*found, *_late(plan), *_of_the_administration()]


def _given(plan: Plan, name: str) -> dict[str, Any]:
    """Values for the converters of an address: the first of everything."""
    models = {"import": ImportBatch, "standard": Plan, "sheet": ScoreSheet, "paper": ScoreSheet}
    model = models.get(name.partition("_")[0], Expert)
    first = model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    return {
        "year": plan.year, "serial": 1, "code": "T-match", "topic": "expert", "version": 1,
        "step": "notice", "subject": "kind", "ordinal": 1, "kind": "score_sheet",
        "in_round": "first", "place": 1, "form": "docx", "paper": "notice",
        "item": Item.objects.order_by("pk").values_list("pk", flat=True)[0],
        "pk": plan.standard_id if name.startswith("standard") else first,
    }  # fmt: skip


def _late(plan: Plan) -> list[Address]:
    """Views of a page that its own switches open."""
    more = {"recusal_list": "?touching=1", "custody": "?place=expert"}
    return [
        Address(name, reverse(name, args=[plan.year]) + query, roles_of(name))
        for name, query in more.items()
    ]


def _of_the_administration() -> list[Address]:
    """List, form, history and search of everything registered."""
    only = frozenset({Role.SYSADMIN})
    found = [Address("admin", reverse("admin:index"), only)]
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        lists = reverse(f"{base}_changelist")
        paths = [lists, f"{lists}?q=13.37"]
        first = model._default_manager.order_by("pk").first()
        if first:
            paths += [reverse(f"{base}_{act}", args=[first.pk]) for act in ("change", "history")]
        found += [Address("admin", path, only) for path in paths]
    return found


def for_reader(found: Iterable[Address], user: User | None) -> Iterator[str]:
    """The paths that this reader may open; the rest is one refusal, held by the matrix."""
    for address in found:
        if address.roles is None or (user is not None and user.role in address.roles):
            yield address.path


_warm: set[str] = set()


def _stay(client: Client) -> None:
    """Note the session as just seen: else the first request, and one a minute, stores it."""
    if settings.SESSION_COOKIE_NAME in client.cookies:
        session, now = client.session, timezone.now().timestamp()
        session.update({"seen_at": now, "began_at": now})
        session.save()


def ask(client: Client, path: str, **headers: str) -> Answer:
    """One request, read to its end.

    What a process asks once and keeps (calendar, locked standards) is asked before it counts.
    """
    _stay(client)
    if path not in _warm:
        _warm.add(path)
        b"".join(client.get(path, headers=headers))
    ContentType.objects.clear_cache()  # the administration's, filled by whoever comes first
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path, headers=headers)
        body = b"".join(answer) if answer.streaming else answer.content
    return Answer(
        status=answer.status_code,
        kind=answer.headers.get("Content-Type", ""),
        headers=tuple(answer.headers.items()),
        text=told(body),
        queries=len(asked),
        packed=body[:2] == b"PK",
    )


def told(body: bytes) -> str:
    """What a reader can read of an answer: a workbook, a document and a package are opened."""
    if body[:2] != b"PK":
        return body.decode("utf-8", "replace")
    with ZipFile(BytesIO(body)) as whole:
        return "".join(f"{name}\n{told(whole.read(name))}" for name in whole.namelist())


def crawl(client: Client, paths: Iterable[str], *, tables: dict[str, bool]) -> Crawl:
    """Every path, and the same as a table where the page has one.

    `tables` remembers which pages have: a page without answers the address alike.
    """
    client.raise_request_exception = False
    done = Crawl()
    for path in paths:
        page = done.answers[path] = ask(client, path)
        if page.status != 200 or page.packed or not tables.get(path, True):
            continue
        with_format = f"{path}{'&' if '?' in path else '?'}format=xlsx"
        table = ask(client, with_format)
        tables[path] = table.kind != page.kind
        if tables[path]:
            done.answers[with_format] = table
    return done


def verified(plan: Plan) -> str:
    """What `verify_records` tells; a check that needs a whole year is left out of a small hall."""
    lines = []
    with verifying():
        for check in CHECKS:
            with suppress(KeyError):  # the draws of a hall have no lists
                finding = check.run([plan])
                lines.append(f"{finding.code} {finding.line} {finding.examined} {finding.broken}")
    assert len(lines) > 20
    return "\n".join(lines)


def rows_of(text: str) -> list[str]:
    """The rows of the tables of a page as words: addresses echo what was asked."""
    rows = re.findall(r"<tr\b.*?</tr>", text, re.DOTALL)
    return [re.sub(r"<[^>]*>|\s+", " ", CHANGING.sub("#", row)) for row in rows]
