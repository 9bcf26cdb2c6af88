"""Somebody at a browser without scripts: reads the page, fills in the form that is on it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.test import Client

PASSWORD = "wanzhou-2022"
IGNORED = frozenset({"button", "submit", "reset", "image", "file"})


@dataclass
class Form:
    """A form as it stands on the page: where it goes, what it holds, its buttons."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    boxes: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    full_marks: dict[str, Decimal] = field(default_factory=dict)
    """Full marks of the items of a score sheet, by item."""

    def button(self, text: str) -> tuple[str, str] | None:
        """Name and value of the button with this text, if the form has it."""
        return next(((n, v) for label, n, v in self.buttons if label == text), None)


class _Reader(HTMLParser):
    """Collects forms, and links by their text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._form: Form | None = None
        self._open: tuple[str, dict[str, str]] | None = None
        self._text = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form and "data-item" in given:
            self._form.full_marks[given["data-item"]] = Decimal(given["data-full"])
        elif tag in {"button", "a", "textarea"}:
            self._open, self._text = (tag, given), ""
        elif self._form and tag == "input":
            self._input(self._form, given)
        elif self._form and tag == "select":
            self._select = given["name"]
            self._form.names.add(self._select)
        elif self._form and tag == "option":
            self._option(self._form, given)

    def _option(self, form: Form, given: dict[str, str]) -> None:
        """The chosen option, or the first one where none is."""
        if "selected" in given or self._select not in form.fields:
            form.fields[self._select] = [given.get("value", "")]

    def _input(self, form: Form, given: dict[str, str]) -> None:
        name, kind = given.get("name"), given.get("type", "text")
        if not name:
            return
        form.names.add(name)
        box = kind in {"checkbox", "radio"}
        if box:
            form.boxes.setdefault(name, []).append(given.get("value", "on"))
        if kind not in IGNORED and (not box or "checked" in given):
            form.fields.setdefault(name, []).append(given.get("value", "on" if box else ""))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag == self._open[0]:
            self._close(tag, self._open[1], " ".join(self._text.split()))
            self._open = None
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _close(self, tag: str, given: dict[str, str], text: str) -> None:
        if tag == "a":
            self.links.setdefault(text, given.get("href", ""))
        elif self._form and tag == "textarea":
            self._form.names.add(given["name"])
            self._form.fields[given["name"]] = [text]
        elif self._form and given.get("type", "submit") == "submit":
            self._form.buttons.append((text, given.get("name", ""), given.get("value", "")))


class Person:
    """One account in one browser. CSRF is checked, so that every form must carry its token."""

    def __init__(self, username: str, password: str = PASSWORD) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.path, self.source, self.status = "", "", 0
        self.username = username
        self.open("/login/")
        self.press("登录", username=username, password=password)
        assert self.path != "/login/", self.text

    def open(self, path: str, *, status: int = 200) -> Person:
        """Go to an address; another status than expected fails with what the page says."""
        self._read(self.client.get(path), path)
        assert self.status == status, f"{path}: {self.status} {self.text[:400]}"
        return self

    def follow(self, link: str) -> Person:
        """Follow the link with this text."""
        links = self._parsed.links
        assert link in links, f"{self.path}: no link {link!r} among {sorted(links)}"
        return self.open(html.unescape(links[link]))

    def press(
        self,
        button: str,
        given: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        **typed: Any,
    ) -> Person:
        """Fill in the form that has this button, and press it; redirects are followed."""
        form = self.form(button)
        typed |= given or {}
        return self.send(form, typed, button=form.button(button), status=status)

    def form(self, button: str) -> Form:
        """The first form of the page that has this button."""
        form = next((each for each in self.forms if each.button(button)), None)
        assert form, f"{self.path}: no button {button!r}; {self.buttons} {self.text[:600]}"
        return form

    def send(
        self,
        form: Form,
        typed: Mapping[str, Any] | None = None,
        *,
        button: tuple[str, str] | None = None,
        status: int = 200,
    ) -> Person:
        """Send a form with what was typed; a field that is not on the page fails the test."""
        given: dict[str, Any] = dict(form.fields)
        for name, value in (typed or {}).items():
            assert name in form.names, f"{self.path}: no field {name!r} in {form.names}"
            given[name] = value
        if button and button[0]:
            given[button[0]] = button[1]
        path = urljoin(self.path, form.action) if form.action else self.path
        if form.method == "get":
            response = self.client.get(path, given, follow=True)
        else:
            response = self.client.post(path, given, follow=True)
        chain = response.redirect_chain
        self._read(response, chain[-1][0] if chain else path)
        assert self.status == status, f"{path}: {self.status} {self.text[:800]}"
        return self

    def post(self, path: str, given: Mapping[str, Any]) -> str:
        """Send fields that were read before, without showing the answer; where it leads."""
        response = self.client.post(path, given)
        assert response.status_code == 302, response.content.decode()
        return str(response["Location"])

    def _read(self, response: Any, path: str) -> None:
        self.path = path.partition("#")[0]
        self.status = response.status_code
        self.source = response.content.decode()
        self._parsed = _Reader()
        self._parsed.feed(self.source)

    @property
    def links(self) -> dict[str, str]:
        return self._parsed.links

    @property
    def forms(self) -> list[Form]:
        return self._parsed.forms

    @property
    def buttons(self) -> list[str]:
        return [label for form in self.forms for label, _, _ in form.buttons]

    @property
    def text(self) -> str:
        """What the page says, without its markup, in one line."""
        body = re.sub(r"<(script|style|svg).*?</\1>", "", self.source, flags=re.S)
        body = body.partition("<main")[2].partition(">")[2] or body
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def reads(self, *sentences: str) -> Person:
        """The page says each of these; blanks between words of Chinese do not count."""
        said = self.text.replace(" ", "")
        for sentence in sentences:
            assert sentence.replace(" ", "") in said, f"{self.path}: {sentence!r} not in {said}"
        return self
