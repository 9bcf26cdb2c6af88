"""`import_cases`: the ledger from the command line, for automation."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.actions import import_file
from cases.models import ImportBatch
from cases.queries import frame_of, today_of
from cases.readings import read_content
from wanzhou_eval.errors import RefusedError

REFUSED, UNREADABLE = 1, 2
"""Exit codes besides 0; argparse too ends with 2."""


class Command(BaseCommand):
    help = (
        "导入办结案件台账或部、市已抽评清单。有错误时一件也不导入。进度写到标准错误，结果写到标准输出。"
        "退出码：0 已导入（或 --dry-run 没有错误）；1 有错误或不能导入；2 参数不对或读不到文件。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--content", choices=ImportBatch.Content.values, default="ledger")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument(
            "--missing",
            choices=("refuse", "keep"),
            default="refuse",
            help="名单里有、文件里没有的案件：refuse 有一件就不导入（默认），keep 全部保留",
        )
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, file: Path, year: int, dry_run: bool, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(
                f"读不到文件“{file}”：请检查路径和权限。", returncode=UNREADABLE
            ) from error
        try:
            report = self._run(data, file.name, year=year, dry_run=dry_run, **options)
        except RefusedError as error:
            report = refused_report(error.sentence, data)
        self._print(report, as_json=options["json"])
        if report["refused"]:
            raise SystemExit(REFUSED)

    def _run(
        self, data: bytes, name: str, *, year: int, dry_run: bool, **options: Any
    ) -> dict[str, Any]:
        frame, content = frame_of(year), options["content"]
        if dry_run:
            batch = ImportBatch(frame=frame, content=content, data=data)
            reading = read_content(batch, today=today_of(batch.frame))
        else:
            keeps = options["missing"] == "keep"
            reading, _ = import_file(
                frame, content=content, data=data, file_name=name, by=None,
                keep_missing=keeps, watch=self._told,
            )  # fmt: skip
        return {
            "rows": getattr(reading, "data_rows", len(reading.rows)),
            "accepted": 0 if reading.errors else len(reading.rows),
            "findings": [asdict(finding) for finding in reading.findings],
            "sha256": reading.sha256,
            "refused": bool(reading.errors),
        }

    def _told(self, step: str, done: int) -> None:
        """Progress for whoever looks on; standard output stays the report's."""
        self.stderr.write(f"{step} {done}" if done else step)

    def _print(self, report: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            shown = {key: value for key, value in report.items() if key != "refused"}
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
            return
        for finding in report["findings"]:
            place = f"第{finding['row']}行{finding['column']}：" if finding["row"] else ""
            self.stdout.write(f"{place}{finding['message']} {finding['remedy']}")
        state = "没有导入" if report["refused"] else f"可导入或已导入{report['accepted']}件"
        self.stdout.write(f"读到{report['rows']}件，{state}。文件指纹 {report['sha256']}")


def refused_report(sentence: str, data: bytes) -> dict[str, Any]:
    """The report of a file that could not be read at all."""
    finding = {
        "level": "error",
        "code": "refused",
        "sheet": "",
        "row": 0,
        "column": "",
        "found": "",
        "message": sentence,
        "remedy": "",
    }
    return {
        "rows": 0,
        "accepted": 0,
        "findings": [finding],
        "sha256": sha256(data).hexdigest(),
        "refused": True,
    }
