"""`verify_certificate`: re-derive certificates; exit code 1 when one differs."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from evaluations.queries.draws_proof import copies_for, read_upload
from evaluations.rules.chains import verify_chain
from evaluations.rules.verification import Verdict, verify
from wanzhou_eval.errors import RefusedError


def kept_here(code: str) -> Iterator[tuple[str, str]]:
    """The sealed list kept by this system; a certificate is verified without a database too."""
    with suppress(OperationalError):
        yield from copies_for(code)


class Command(BaseCommand):
    help = "复算抽选证明：一致则退出码为0，不一致为1。多个文件按同一年度的先后链核对。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--printed", help="指纹单（表A）上的名单指纹（只核对一个文件时）")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, files: list[Path], printed: str | None, **options: Any) -> None:
        if printed and len(files) > 1:
            raise CommandError("--printed 只能用于一个文件。请逐个核对各次抽选的指纹单（表A）。")
        certificates = [self._read(path) for path in files]
        if len(certificates) == 1:
            code = str(certificates[0].get("draw", ""))
            verdict = verify(certificates[0], printed, kept_here(code))
        else:
            verdict = verify_chain(certificates, copies=kept_here)
        self._print(verdict, as_json=options["json"])
        if not verdict.ok:
            raise SystemExit(1)

    def _read(self, path: Path) -> Any:
        try:
            return read_upload(path.read_bytes())
        except OSError as error:
            raise CommandError(f"读不到文件“{path}”：请检查路径和权限。") from error
        except RefusedError as error:
            raise CommandError(error.sentence) from error

    def _print(self, verdict: Verdict, *, as_json: bool) -> None:
        if as_json:
            report = {"ok": verdict.ok, "sentence": verdict.sentence, "place": verdict.place}
            self.stdout.write(
                json.dumps(report | {"sheet_checked": verdict.sheet_checked}, ensure_ascii=False)
            )
        else:
            self.stdout.write(verdict.sentence)
