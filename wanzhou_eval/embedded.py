"""The embedded PostgreSQL: one command and no administrator between a clone and a real database.

Where no `DATABASE_URL` is given, the product runs a PostgreSQL of its own below `.postgres/` of
the checkout. Every process that needs it is a user of the cluster: it holds a shared kernel file
lock while it lives, so a killed process counts no longer, and the last one out stops the server.
Connections come through a Unix socket in a private folder, by peer authentication; no TCP.
"""

import fcntl
import hashlib
import os
import secrets
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from wanzhou_eval import postgres_binaries
from wanzhou_eval.postgres_account import Account, account_for, open_to_others

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = Path("/var/lib/wanzhou-eval")
"""Where root's data go when the checkout lies below a folder closed to the server's account."""
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
START_SECONDS = 60
ORPHAN_SECONDS = 10
SMALL_SHARED_MEMORY = 64 * 2**20
ROLES = ("wanzhou_owner", "wanzhou_app", "wanzhou_reader", "postgres")

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "log_min_messages": "warning",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_timezone": "Asia/Shanghai",
}
TEST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedError(Exception):
    """The embedded server cannot run; the sentence (Chinese) says why and what to do."""


@dataclass(frozen=True)
class Cluster:
    """One server with its data; a name beginning with `test` is quick and may lose data."""

    name: str
    checkout: Path = CHECKOUT

    @property
    def digest(self) -> str:
        """Short name of this cluster on this machine."""
        return hashlib.sha256(f"{self.checkout}/{self.name}".encode()).hexdigest()[:12]

    @property
    def home(self) -> Path:
        """The folder of the cluster, readable for the account that runs the server."""
        if os.geteuid() == 0 and not open_to_others(self.checkout):
            return _home_outside(self.checkout / ".postgres" / f"{self.name}.place")
        return self.checkout / ".postgres" / self.name

    @property
    def data(self) -> Path:
        """The data directory proper."""
        return self.home / "data"

    @property
    def socket_folder(self) -> Path:
        """The folder of the socket: in the home, or in /tmp when the path would be too long."""
        folder = self.home / "run"
        if len(os.fsencode(folder / f"{SOCKET_NAME}.lock")) <= LONGEST_SOCKET_PATH:
            return folder
        return Path("/tmp") / f"wanzhou-{self.digest}"  # noqa: S108  # private, checked in _private

    @property
    def throwaway(self) -> bool:
        """Whether speed goes before safety: the tests' data can be made again."""
        return self.name.startswith("test")

    @property
    def title(self) -> str:
        """`cluster_name`: how the server's processes are told from those of other servers."""
        return f"wanzhou-{self.digest}"

    def url(self, *, user: str, database: str) -> str:
        """The address in the form of `DATABASE_URL`."""
        return f"postgres://{user}@/{database}?host={quote(str(self.socket_folder), safe='')}"


def _home_outside(note: Path) -> Path:
    """A home in a place open to the server's account; the note in the checkout says where.

    Without the note, in a fresh clone, a new home begins: old data never reappear by accident.
    """
    if not note.exists():
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(f"{SHARED / secrets.token_hex(6)}\n")
    return Path(note.read_text().strip())


MAIN = Cluster("main")
TEST = Cluster("test")


@contextmanager
def in_use(cluster: Cluster) -> Iterator[None]:
    """Run the body with the server up; the last user out stops it. Errors: `EmbeddedError`."""
    account = account_for(cluster.home)
    _private(cluster.home, account)
    users = os.open(cluster.home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    owner = os.getpid()
    try:
        with _only_one(cluster):
            _ensure_running(cluster, account)
            fcntl.flock(users, fcntl.LOCK_SH)
        yield
    finally:
        if os.getpid() == owner:  # a forked child must neither unlock nor stop
            _leave(cluster, account, users)


def _leave(cluster: Cluster, account: Account, users: int) -> None:
    with _only_one(cluster):
        with suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _server_processes(cluster):
                account.run([_binary("pg_ctl", account), "stop", "-m", "fast", "-D", cluster.data])
        os.close(users)


@contextmanager
def _only_one(cluster: Cluster) -> Iterator[None]:
    """Let one process at a time start or stop the server."""
    with (cluster.home / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _private(folder: Path, account: Account) -> None:
    """Create the folder for the account alone; refuse one that belongs to somebody else."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != account.uid:
        raise EmbeddedError(
            f"目录 {folder} 属于另一个系统用户，内置数据库不能使用。"
            "请用创建它的用户运行，或者删除这个目录后重来（其中的数据会丢失）。"
        )
    folder.chmod(0o700)


def _binary(name: str, account: Account) -> Path:
    """One of PostgreSQL's programs; the sentence when there is none."""
    try:
        return postgres_binaries.folder(account, shared=SHARED) / name
    except LookupError as error:
        raise EmbeddedError(str(error)) from error


def _ensure_running(cluster: Cluster, account: Account) -> None:
    if not (cluster.data / "PG_VERSION").exists() or (cluster.home / "half-made").exists():
        _create(cluster, account)
    _private(cluster.socket_folder, account)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(cluster):
        if not _postmaster(cluster):
            _clear_leftovers(cluster)
            _start(cluster, account)
        if time.monotonic() > deadline:
            raise EmbeddedError(f"内置数据库没有应答，请查看 {cluster.home / 'server.log'}。")
        time.sleep(0.05)


def _create(cluster: Cluster, account: Account) -> None:
    """Initialise the data directory; an interrupted attempt is made again from nothing."""
    mark = cluster.home / "half-made"
    mark.touch()
    account.run(["/bin/rm", "-rf", cluster.data])
    initdb = _binary("initdb", account)
    account.run(
        [
            initdb,
            f"--pgdata={cluster.data}",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--auth=peer",
            "--data-checksums",
            *(["--no-sync"] if cluster.throwaway else []),
            *postgres_binaries.locale_options(initdb, account),
            *(["--set=dynamic_shared_memory_type=mmap"] if _tiny_shared_memory() else []),
        ]
    )
    with (cluster.data / "postgresql.conf").open("a") as file:
        file.write("\ninclude = 'wanzhou.conf'\n")
    mark.unlink()


def _start(cluster: Cluster, account: Account) -> None:
    _configure(cluster, account)
    log = cluster.home / "server.log"
    command: list[str | Path] = [_binary("pg_ctl", account), "start", "-D", cluster.data]
    account.run([*command, "-l", log, "-w", "-t", str(START_SECONDS)], hint=f"请查看 {log}。")


def _configure(cluster: Cluster, account: Account) -> None:
    """Write the settings and who may connect as which role."""
    settings = SETTINGS | {"cluster_name": cluster.title}
    settings["unix_socket_directories"] = f'"{cluster.socket_folder}"'
    settings |= TEST_SETTINGS if cluster.throwaway else {}
    settings |= {"dynamic_shared_memory_type": "mmap"} if _tiny_shared_memory() else {}
    lines = [f"{key} = '{value.replace(chr(39), chr(39) * 2)}'" for key, value in settings.items()]
    accounts = sorted({"root", account.name})
    files = {
        "wanzhou.conf": lines,
        "pg_hba.conf": ["local all all peer map=wanzhou"],
        "pg_ident.conf": [f'wanzhou "{name}" {role}' for name in accounts for role in ROLES],
    }
    for name, content in files.items():
        path = cluster.data / name
        path.write_text("\n".join([*content, ""]))
        os.chown(path, account.uid, account.gid)


def _tiny_shared_memory() -> bool:
    """Whether /dev/shm is missing or as small as containers make it."""
    try:
        found = os.statvfs("/dev/shm")  # noqa: S108  # only measured
    except OSError:
        return True
    return found.f_blocks * found.f_frsize <= SMALL_SHARED_MEMORY


def _answers(cluster: Cluster) -> bool:
    """Whether the server accepts connections (it does so before it is ready for queries)."""
    if not _postmaster(cluster):
        return False
    with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
        probe.connect(str(cluster.socket_folder / SOCKET_NAME))
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
        return lines[-1].strip() == "ready"
    return False


def _postmaster(cluster: Cluster) -> int | None:
    """The number of the living server process, or nothing; a zombie does not live."""
    try:
        number = int((cluster.data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return number if number in _server_processes(cluster) else None


def _server_processes(cluster: Cluster) -> set[int]:
    """All processes of this cluster, told by the title or the data directory they show."""
    marks = (f"postgres: {cluster.title}: ".encode(), os.fsencode(cluster.data) + b"\0")
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                line = (entry / "cmdline").read_bytes() + b"\0"
                program = line.split(b"\0")[0].split(b"/")[-1]
                if program.startswith(b"postgres") and any(mark in line for mark in marks):
                    found.add(int(entry.name))
    return found


def _clear_leftovers(cluster: Cluster) -> None:
    """After a kill: wait for orphaned server processes, then remove the stale lock files.

    PostgreSQL keeps these files when the recorded number belongs to any process, be it a zombie
    or a stranger that got the number later; nobody else starts this cluster while we hold its lock.
    """
    deadline = time.monotonic() + ORPHAN_SECONDS
    while orphans := _server_processes(cluster):
        if time.monotonic() > deadline:
            for number in orphans:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGQUIT)
        time.sleep(0.05)
    for path in (cluster.data / "postmaster.pid", cluster.socket_folder / f"{SOCKET_NAME}.lock"):
        path.unlink(missing_ok=True)
