"""Accounts for the tests, one per role, with invented names."""

import io
import re
from typing import Any

import openpyxl
from django.test import Client

from wanzhou_eval.models import Role, User

PASSWORD = "Zhiqing-7788"
NAMES = {
    Role.SYSADMIN: "管小宁",
    Role.BUREAU: "柯长河",
    Role.CLERK: "钟未央",
    Role.EXPERT: "专一鸣",
    Role.HANDLER: "承思远",
    Role.LEADER: "凌若水",
    Role.AUDITOR: "沈清源",
}


def make_user(role: Role, username: str = "", **values: Any) -> User:
    """An account of a role, called like the role unless told otherwise."""
    values.setdefault("name", NAMES[role])
    return User.objects.create_user(username or role.value, PASSWORD, role=role, **values)


def signed_in(user: User) -> Client:
    """A browser in which the account is signed in."""
    client = Client()
    client.force_login(user)
    return client


def words(answer: Any) -> str:
    """What a page says, without tags and without white space."""
    return re.sub(r"<[^>]*>|\s", "", answer.content.decode())


def text(answer: Any) -> str:
    """What a page is made of, tags included, with single spaces for white space."""
    return " ".join(answer.content.decode().split())


def workbook(answer: Any) -> openpyxl.Workbook:
    """The workbook that a page hands out."""
    assert answer.status_code == 200, words(answer)
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer)))


def cells(answer: Any, sheet: int = 0) -> list[list[Any]]:
    """The values of one sheet of an exported list, row by row."""
    return [[cell.value for cell in row] for row in workbook(answer).worksheets[sheet].iter_rows()]
