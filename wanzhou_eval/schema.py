"""Which tables a database was built with. Before the first release the first migration changes.

A database built by an older one would start and then fail page by page; so it is told at once.
"""

from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder

OLDER = (
    "这个数据库是较早的版本建的，表已经变了，不能接着用。第一版发布以前不能升级：{remedy}"
    "里面有真实数据的，请先用原来的版本导出。"
)
REMEDY_HERE = "演练数据请停下程序，删去 {folder} 后再运行，会重新建好。"
REMEDY_SERVER = "请把 DATABASE_URL 指到一个新建的空数据库。"
TABLE = "django_migrations"


def expected() -> str:
    """The fingerprint of all first migrations; the date in their first line does not count."""
    base = Path(settings.BASE_DIR)
    own = [Path(app.path) for app in apps.get_app_configs() if base in Path(app.path).parents]
    files = sorted(file for app in own for file in (app / "migrations").glob("0001*"))
    texts = (file.read_text(encoding="utf-8") for file in files)
    lines = (line for text in texts for line in text.splitlines() if not line.startswith("# Gen"))
    return sha256("\n".join(lines).encode()).hexdigest()


def is_older(cursor: CursorWrapper) -> bool:
    """Whether the database has tables, and they are not those of this version."""
    cursor.execute("SELECT obj_description(to_regclass(%s)), to_regclass(%s)", [TABLE, TABLE])
    ((kept, table),) = cursor.fetchall()
    return table is not None and kept != expected()


def keep(cursor: CursorWrapper) -> None:
    """Note in a database what builds it, before the first of its own tables."""
    MigrationRecorder(cursor.db).ensure_schema()
    cursor.execute(f"COMMENT ON TABLE {TABLE} IS '{expected()}'")
