"""`make serve`: production. Refuses to start on anything a deployment must not have."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from wanzhou_eval.server import Address, serve


class Command(BaseCommand):
    help = "正式运行：检查配置，收集静态文件，用 gunicorn 提供网页（前面放 nginx 处理 HTTPS）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *, host: str, port: int, workers: int, **options: Any) -> None:
        if settings.REHEARSAL:
            raise CommandError(
                "这是演练环境。正式运行请设置 SECRET_KEY 后运行 make serve；演练请用 make run。"
            )
        if settings.EMBEDDED:
            call_command("set_up", verbosity=0)
        elif MigrationExecutor(connection).migration_plan(
            MigrationExecutor(connection).loader.graph.leaf_nodes()
        ):
            raise CommandError("数据库还没有更新到这个版本。请先运行 manage.py set_up。")
        call_command("check", deploy=True, databases=["default"])
        call_command("collectstatic", interactive=False, verbosity=0)
        address = Address(host, port)
        serve(
            address,
            workers=workers,
            threads=4,
            ready=lambda: self.stdout.write(f"已经启动：{address}（按 Ctrl-C 结束）"),
            foreground=False,
        )
