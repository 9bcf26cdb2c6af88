"""The whole: the story test, and a warm `make run` until the login page answers."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from tests.bench.measure import Row

ROOT = Path(__file__).parents[2]
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "ONLY", "MAKEFLAGS", "MAKELEVEL")


def clean_environment() -> dict[str, str]:
    """Ours without what points at the bench's database."""
    return {name: value for name, value in os.environ.items() if name not in OURS}


def story() -> Iterator[Row]:
    """Seconds of `tests/test_story.py` alone, with building its database."""
    command = [sys.executable, "-m", "pytest", "-q", "--create-db", "tests/test_story.py"]
    environment = clean_environment() | {"TEST_DATABASE_NAME": "test_bench_story"}
    began = monotonic()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    spent = monotonic() - began
    yield Row("全年故事测试（含建库）", f"{spent:.1f} 秒", "—", spent, 60, unit=" 秒")


def start() -> Iterator[Row]:
    """P13: a warm `make run` to the first page; the first of the two starts makes it warm."""
    first_page()
    spent = first_page()
    yield Row("P13 make run 热启动到登录页", f"{spent:.2f} 秒", "—", spent, 5, unit=" 秒")


def first_page() -> float:
    """Seconds until the login page answers; then the server is asked to end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = monotonic()
    command = ["make", "run", f"PORT={port}"]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not answers(f"http://127.0.0.1:{port}/login/"):
            assert server.poll() is None, "make run ended by itself"
            assert monotonic() - began < 300, "no first page within five minutes"
            sleep(0.05)
        return monotonic() - began
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(timeout=60)


def answers(address: str) -> bool:
    """Whether the page comes."""
    try:
        with urlopen(address, timeout=5) as page:
            return bool(page.status == 200)
    except (URLError, ConnectionError):
        return False
