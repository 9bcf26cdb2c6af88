"""The embedded PostgreSQL: shared, stopped by the last user, back after a kill."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import takewhile
from pathlib import Path
from tempfile import gettempdir

import environ
import pytest

from wanzhou_eval import embedded
from wanzhou_eval.database import plain_connection
from wanzhou_eval.embedded import Cluster, EmbeddedError, in_use
from wanzhou_eval.postgres_account import account_for

CLUSTER = Cluster("test-embedded")
USER = """
import sys
from wanzhou_eval.embedded import Cluster, in_use
with in_use(Cluster("test-embedded")):
    print("in", flush=True)
    sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(
    os.environ.get("DATABASE_URL", "") != "",
    reason="DATABASE_URL 指定了数据库服务器，不用内置的 PostgreSQL",
)


@pytest.fixture(scope="module", autouse=True)
def _clean() -> Iterator[None]:
    shutil.rmtree(CLUSTER.home, ignore_errors=True)
    yield
    shutil.rmtree(CLUSTER.home)


def ask(sql: str) -> list[tuple[object, ...]]:
    with closing(plain_connection(CLUSTER.url(user="postgres", database="postgres"))) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []


def another_user() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", USER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=embedded.CHECKOUT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    return process


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def postmaster() -> int:
    return int((CLUSTER.data / "postmaster.pid").read_text().split()[0])


def stopped() -> bool:
    return not embedded._server_processes(CLUSTER)


def test_it_is_private_utf8_checksummed_and_deaf_to_the_network() -> None:
    settings = ("listen_addresses", "data_checksums", "server_encoding", "unix_socket_permissions")
    with in_use(CLUSTER):
        (row,) = ask("SELECT " + ", ".join(f"current_setting('{name}')" for name in settings))
        assert row == ("", "on", "UTF8", "0700")
        assert ask("SELECT upper('é'), 'é' COLLATE pg_c_utf8 ~ '^[[:alpha:]]$'") == [("É", True)]
        assert CLUSTER.home.stat().st_mode & 0o777 == 0o700
        assert CLUSTER.socket_folder.stat().st_mode & 0o777 == 0o700


def test_the_last_one_out_stops_it_and_the_data_stay() -> None:
    with in_use(CLUSTER):
        ask("CREATE TABLE kept AS SELECT 761 AS cases")
        other = another_user()
    assert ask("SELECT cases FROM kept") == [(761,)]
    other.communicate("")
    assert stopped()
    with in_use(CLUSTER):
        assert ask("SELECT cases FROM kept") == [(761,)]
        ask("DROP TABLE kept")


def test_a_killed_user_counts_no_longer() -> None:
    other = another_user()
    other.kill()
    other.communicate()
    assert not stopped()
    with in_use(CLUSTER):
        assert ask("SELECT 1") == [(1,)]
    assert stopped()


def test_a_killed_server_comes_back_with_its_data() -> None:
    with in_use(CLUSTER):
        ask("SET synchronous_commit = on; CREATE TABLE survivor AS SELECT 76 AS sample")
        os.kill(postmaster(), signal.SIGKILL)
        wait_for(lambda: embedded._postmaster(CLUSTER) is None)
        with in_use(CLUSTER):
            assert ask("SELECT sample FROM survivor") == [(76,)]
            ask("DROP TABLE survivor")
    assert stopped()


def test_lock_files_with_the_number_of_a_stranger_do_not_block_the_start() -> None:
    with in_use(CLUSTER):
        pass
    stale = f"{os.getpid()}\n{CLUSTER.data}\n"
    for path in (CLUSTER.data / "postmaster.pid", CLUSTER.socket_folder / ".s.PGSQL.5432.lock"):
        path.write_text(stale)
        path.chmod(0o644)
    with in_use(CLUSTER):
        assert postmaster() != os.getpid()
        assert ask("SELECT 1") == [(1,)]


def test_an_interrupted_creation_is_made_again() -> None:
    cluster = Cluster("test-half")
    try:
        with in_use(cluster):
            pass
        (cluster.home / "half-made").touch()
        (cluster.data / "PG_VERSION").unlink()
        with in_use(cluster):
            assert (cluster.data / "PG_VERSION").read_text().strip().isdigit()
    finally:
        shutil.rmtree(cluster.home)


def test_a_forked_child_neither_unlocks_nor_stops() -> None:
    with in_use(CLUSTER):
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                _leave_as_a_forked_worker_does()
            os._exit(0)
        os.waitpid(child, 0)
        assert ask("SELECT 1") == [(1,)]
    assert stopped()


def _leave_as_a_forked_worker_does() -> None:
    sys.exit(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="只有 root 能造出属于别人的目录")
def test_a_folder_of_somebody_else_is_refused_with_the_remedy(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "home"
    folder.mkdir()
    account = account_for(CLUSTER.home)
    os.chown(folder, account.uid + 1, account.gid)
    with pytest.raises(EmbeddedError, match=r"属于另一个系统用户.*请用创建它的用户运行"):
        embedded._private(folder, account)


def test_a_long_checkout_path_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("很长的目录" * 12)
    folder.mkdir()
    above = takewhile(lambda path: path != Path(gettempdir()), tmp_path.parents)
    for path in (folder, tmp_path, *above):
        path.chmod(0o755)
    deep = Cluster("main", checkout=folder)
    assert deep.home == folder / ".postgres" / "main"
    assert deep.socket_folder == Path(f"/tmp/wanzhou-{deep.digest}")
    near = Cluster("main", checkout=Path("/"))
    assert near.socket_folder == Path("/.postgres/main/run")
    assert near.digest != deep.digest


def test_the_address_is_one_that_django_environ_reads() -> None:
    url = Cluster("main", checkout=Path("/")).url(user="wanzhou_app", database="wanzhou")
    assert url == "postgres://wanzhou_app@/wanzhou?host=%2F.postgres%2Fmain%2Frun"
    read = environ.Env.db_url_config(url)
    assert (read["USER"], read["NAME"]) == ("wanzhou_app", "wanzhou")
    assert read["OPTIONS"] == {"host": "/.postgres/main/run"}
