"""The Chromium of this machine: found, never downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "没有找到 Chromium，浏览器测试没有运行；安装：apt-get install chromium fonts-noto-cjk"


def chromium_path() -> str | None:
    """Where it is. `BROWSER_TESTS=required` makes its absence a failure."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None and os.environ.get("BROWSER_TESTS") == "required":
        raise AssertionError(MISSING)
    return path


_running: list[Browser] = []


@contextmanager
def started(path: str) -> Iterator[Browser]:
    """A running Chromium: the one of this process, which has room for one Playwright only."""
    if _running:
        yield _running[0]
        return
    with sync_playwright() as playwright:
        _running.append(playwright.chromium.launch(executable_path=path, args=FLAGS))
        yield _running[0]
        _running.pop().close()
