"""`demo`: fill a rehearsal year to a stage, or empty the rehearsal."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction

from appeals.rehearsal.emptying import empty_rehearsal, refresh_statistics
from appeals.rehearsal.year import fill
from evaluations.models import Method, Plan
from evaluations.rules.stages import Stage
from wanzhou_eval.errors import RefusedError

FILLING = 20220817
"""The advisory lock of whoever fills or empties the rehearsal."""
UNREADY = (
    "数据库还没有准备好：make run 第一次启动时要先建库。请等它显示网址以后再执行；"
    "没有在启动的，请先运行 make run。"
)


class Command(BaseCommand):
    help = "演练：把2022演练年度办到某个阶段，或清空演练数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", choices=[stage.value for stage in Stage], default="issued")
        parser.add_argument("--seed", type=int, default=2022, help="演练骰子的种子")
        parser.add_argument(
            "--method", choices=Method.values, default=Method.POINTS.value,
            help="评分办法：points 百分扣分，levels 逐项评等次",
        )  # fmt: skip
        parser.add_argument("--reset", action="store_true", help="清空演练数据（不动正式数据）")
        parser.add_argument("--if-empty", action="store_true", help="只在还没有任何年度时执行")

    def handle(self, *, stage: str, seed: int, reset: bool, if_empty: bool, **options: Any) -> None:
        if not settings.REHEARSAL:
            raise CommandError("这是正式运行的机器，不能建立演练数据。请在演练机上执行。")
        with self._alone():
            self._fill(stage=stage, seed=seed, reset=reset, if_empty=if_empty, **options)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One command at a time fills the rehearsal: `make run` does it at its first start."""
        try:
            ready = Plan._meta.db_table in connection.introspection.table_names()
        except OperationalError:
            ready = False
        if not ready:
            raise CommandError(UNREADY)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', '0', false),"
                " set_config('statement_timeout', '0', false)"
            )
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [FILLING])
            if not cursor.fetchone()[0]:
                self.stdout.write("另一条命令正在准备演练数据，等它办完再接着办……")
                cursor.execute("SELECT pg_advisory_lock(%s)", [FILLING])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [FILLING])
                cursor.execute("RESET lock_timeout; RESET statement_timeout")

    def _fill(self, *, stage: str, seed: int, reset: bool, if_empty: bool, **options: Any) -> None:
        if if_empty and Plan.objects.exists():
            return
        if Plan.objects.filter(rehearsal=False).exists() and not reset:
            raise CommandError("库里已有正式年度，不能混入演练数据。请另用一个数据库演练。")
        with transaction.atomic():
            removed = empty_rehearsal()
        if removed:
            self.stdout.write(f"已清空演练数据：{removed} 行")
        if reset:
            return
        try:
            with transaction.atomic():
                say, method = self._say(options["verbosity"]), options.get("method", "points")
                plan = fill(Stage(stage), seed=seed, say=say, method=method)
        except RefusedError as error:
            raise CommandError(error.sentence) from error
        refresh_statistics()
        self.stdout.write(f"{plan.year}年度演练已办到“{plan.get_stage_display()}”。")
        others = " ".join(s.value for s in Stage if s.value != stage)
        self.stdout.write(f"换阶段：manage.py demo --stage 阶段（{others}）")

    def _say(self, verbosity: int) -> Any:
        return self.stdout.write if verbosity > 1 else lambda sentence: None
