"""T-LOAD: fifty experts autosave at twenty saves a second against the real server process.

Every expert has a window of an own sheet and saves one item after the other, each save with the
version that the last answer told. Nothing is lost when the versions in the database add up to the
saves that were answered. `SECONDS=1800` runs the half hour; sixty seconds are the default.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Sum
from django.test import Client

from evaluations.models import Item, Mark, ScoreSheet, Undertaking
from experts.models import Expert
from tests.bench.measure import Row
from wanzhou_eval.clock import database_now
from wanzhou_eval.models import Firm, Person, Role, User
from wanzhou_eval.readers import verifying

EXPERTS, RATE, PORT = 50, 20, int(os.environ.get("LOAD_PORT", "8193"))


@dataclass
class Window:
    """One expert's open sheet in a browser: where it saves, and the version of each row."""

    sheet: int
    cookie: str
    path: str
    items: list[int]
    versions: dict[int, int] = field(default_factory=dict)
    spent: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def work(self, *, until: float, pause: float, first: float) -> None:
        """Save a row every `pause` seconds until the end, on one kept connection."""
        link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        due, turn = time.perf_counter() + first, 0
        while due < until:
            time.sleep(max(0, due - time.perf_counter()))
            self.save(link, self.items[turn % len(self.items)], amount=str(turn % 2))
            due, turn = due + pause, turn + 1

    def save(self, link: http.client.HTTPConnection, item: int, *, amount: str) -> None:
        """One autosave as js/autosave.js sends it."""
        body = {"item": item, "deduction": amount, "version": self.versions.get(item, 0)}
        heads = {
            "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie, "X-CSRFToken": TOKEN, "Host": f"127.0.0.1:{PORT}",
            "Origin": f"http://127.0.0.1:{PORT}",
        }  # fmt: skip
        began = time.perf_counter()
        try:
            answer, told = sent(link, self.path, urlencode(body), heads)
        except OSError as error:
            self.errors.append(str(error))
            return
        self.spent.append(time.perf_counter() - began)
        if answer.status == 200:
            self.versions[item] = json.loads(told)["version"]
        else:
            self.errors.append(f"{answer.status} {told[:80].decode('utf-8', 'replace')}")


TOKEN = "a" * 32


def sent(
    link: http.client.HTTPConnection, path: str, body: str, heads: dict[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    """Send it; on a connection that the server closed meanwhile once more, as a browser does."""
    try:
        link.request("POST", path, body, heads)
        answer = link.getresponse()
    except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
        link.close()
        link.request("POST", path, body, heads)
        answer = link.getresponse()
    return answer, answer.read()


def windows() -> list[Window]:
    """Fifty experts, each with one open sheet of the rehearsal year."""
    like = ScoreSheet.objects.filter(sealed=False, withdrawn_at=None).order_by("pk")
    return [_window(like[number], number) for number in range(EXPERTS)]


def _window(like: ScoreSheet, number: int) -> Window:
    plan = like.drawn_case.draw.plan
    firm = Firm.objects.create(code=f"LOAD{number:03d}", name=f"负荷{number}", key=f"负荷{number}")
    person = Person.objects.create(code=firm.code, name=firm.name, firm=firm)
    expert = Expert.objects.create(person=person, civil=True)
    user = User.objects.create(
        username=person.code, name=person.name, role=Role.EXPERT, person=person
    )
    Undertaking.objects.create(
        plan=plan, expert=expert, text_version="x", signed_at=database_now(), signed_by=user
    )
    sheet = ScoreSheet.objects.create(
        drawn_case=like.drawn_case, expert=expert, standard=like.standard, scope=like.scope
    )
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    items = Item.objects.filter(standard=sheet.standard_id, scope=sheet.scope, veto=False)
    path = f"/score/{plan.year}/{sheet.drawn_case.case.serial}/save/"
    return Window(sheet.pk, cookie, path, list(items.values_list("pk", flat=True)))


@contextmanager
def server() -> Iterator[None]:
    """The product's own server: two worker processes of four threads, on loopback."""
    code = (
        "import django; django.setup(); from wanzhou_eval.server import Address, serve;"
        f"serve(Address('127.0.0.1', {PORT}), workers=2, threads=4, foreground=True,"
        " ready=lambda: print('ready', flush=True))"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "wanzhou_eval.settings"}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        try:
            while b"ready" not in process.stdout.readline():
                assert process.poll() is None, "the server did not start"
            yield
        finally:
            process.terminate()


def autosaves() -> Iterator[Row]:
    """P8 under load: p50, p95, p99 of a save, refusals, and what was lost."""
    seconds = int(os.environ.get("SECONDS", "60"))
    found = windows()
    pause = EXPERTS / RATE
    with server():
        until = time.perf_counter() + seconds
        threads = [
            threading.Thread(
                target=window.work,
                kwargs={"until": until, "pause": pause, "first": pause * place / EXPERTS},
            )
            for place, window in enumerate(found)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    yield from _rows(found, seconds)


def _rows(found: list[Window], seconds: int) -> Iterator[Row]:
    spent = sorted(each for window in found for each in window.spent)
    errors = [error for window in found for error in window.errors]
    answered = sum(sum(window.versions.values()) for window in found)
    with verifying():
        marks = Mark.objects.filter(sheet__in=[window.sheet for window in found])
        stored = marks.aggregate(total=Sum("version"))["total"]
    for share, goal in ((0.50, 0), (0.95, 150), (0.99, 1500)):
        slow = spent[int(len(spent) * share)] * 1000
        yield Row(f"P8 {EXPERTS} 名专家同时保存 p{share * 100:.0f}", f"{slow:.1f} 毫秒", "—",
                  slow if goal else None, goal, unit=" 毫秒")  # fmt: skip
    rate = f"{len(spent)} 次，{seconds} 秒，每秒 {len(spent) / seconds:.1f} 次"
    note = f"{rate}；{errors[:1] or '没有出错'}"
    lost = abs(stored - answered) + len(errors)
    yield Row("P8 丢失或被拒的保存", f"{lost} 次", "—", lost, 0, unit=" 次", note=note)
