"""The system user that runs the embedded PostgreSQL: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OWN_ACCOUNT = "wanzhou-postgres"
SYSTEM_ACCOUNTS = (OWN_ACCOUNT, "postgres")


@dataclass(frozen=True)
class Account:
    """A user of the operating system that may own the data directory."""

    name: str
    uid: int
    gid: int

    def run(self, command: Sequence[str | Path], *, hint: str = "") -> str:
        """Run a program as this user with a clean environment and return what it printed.

        Raises `ChildProcessError` with the program's own words (and the hint) when it fails.
        """
        words = [str(word) for word in command]
        other = {} if os.geteuid() != 0 else {"user": self.uid, "group": self.gid}
        done = subprocess.run(  # noqa: S603  # our own programs, no shell
            words,
            capture_output=True,
            check=False,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"},
            extra_groups=[] if other else None,
            stdin=subprocess.DEVNULL,
            text=True,
            **other,  # type: ignore[call-overload]  # user and group, both numbers
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip()
            raise ChildProcessError(f"{Path(words[0]).name} 没有成功：{said} {hint}".rstrip())
        return str(done.stdout)


def account_for(home: Path) -> Account:
    """Who runs the server of this folder: its owner, else ourselves, else a system user."""
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    if home.exists() and home.stat().st_uid != 0:
        return _account(pwd.getpwuid(home.stat().st_uid))
    for name in SYSTEM_ACCOUNTS:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    return _make_account()


def _make_account() -> Account:
    """Create the server's own system user; where that is impossible, nobody serves."""
    if program := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        subprocess.run([program, *options, OWN_ACCOUNT], check=True, stdin=subprocess.DEVNULL)  # noqa: S603
        return _account(pwd.getpwnam(OWN_ACCOUNT))
    return _account(pwd.getpwnam("nobody"))


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def open_to_others(folder: Path) -> bool:
    """Whether any user may pass through this folder and all folders above it."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))
