"""`make run`: everything ready, a rehearsal year where nothing is yet, and the pages served."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

from wanzhou_eval.models import User
from wanzhou_eval.server import Address, serve

PASSWORD_NOTE = "密码均为 wanzhou-2022"  # noqa: S105  # rehearsal accounts, refused in production


class Command(BaseCommand):
    help = "演练：准备数据库和演练年度，然后在本机提供网页。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        if not settings.REHEARSAL:
            raise CommandError(
                "环境中设置了 SECRET_KEY 或 WANZHOU_REHEARSAL=0，这是正式运行的机器。"
                "正式运行请用 make serve；要在本机演练，请加上 WANZHOU_REHEARSAL=1。"
            )
        call_command("set_up", verbosity=0)
        if "demo" in get_commands():
            call_command("demo", if_empty=True)
        address = Address(host, port)
        serve(address, workers=1, threads=8, ready=lambda: self._say(address), foreground=True)

    def _say(self, address: Address) -> None:
        names = list(User.objects.filter(rehearsal=True).values_list("username", flat=True))
        self.stdout.write(f"\n万州区法律援助案件质量评估（演练）已经启动：{address}")
        if names:
            self.stdout.write(f"演练账号：{' '.join(sorted(names))}（{PASSWORD_NOTE}）")
            self.stdout.write("换一个阶段：.venv/bin/python manage.py demo --stage drawn")
        self.stdout.write("按 Ctrl-C 结束；数据保留，下次启动继续。\n")
        self.stdout.flush()
