"""`verify_records`: every invariant over what is stored; exit code 1 when one is broken."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appeals.records import before, deadlines, frame, panels, paper, replacements, results
from evaluations.models import Plan
from wanzhou_eval.readers import verifying

CHECKS = (
    *frame.CHECKS,
    *panels.CHECKS,
    *before.CHECKS,
    *paper.CHECKS,
    *replacements.CHECKS,
    *results.CHECKS,
    *deadlines.CHECKS,
)


class Command(BaseCommand):
    help = "核验全部记录：逐条列出每项不变量是否成立。有不成立的，退出码为1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, help="只核验这一年度")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, year: int | None, **options: Any) -> None:
        with verifying():
            plans = list(Plan.objects.filter(**({"year": year} if year else {})))
            if year and not plans:
                raise CommandError(f"没有{year}年度。请检查年份。")
            findings = [check.run(plans) for check in CHECKS]
        for finding in findings:
            if options["json"]:
                self.stdout.write(
                    json.dumps(
                        {
                            "code": finding.code,
                            "ok": finding.ok,
                            "statement": finding.statement,
                            "examined": finding.examined,
                            "broken": list(finding.broken),
                        },
                        ensure_ascii=False,
                    )
                )
            else:
                self.stdout.write(finding.line)
        if not all(finding.ok for finding in findings):
            raise SystemExit(1)
