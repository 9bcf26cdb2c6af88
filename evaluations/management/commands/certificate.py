"""`certificate`: the certificate JSON of a draw on standard output."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluations.models import DrawKind
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.draws_proof import certificate_of
from evaluations.queries.plan import plan_of
from evaluations.rules.certificates import certificate_json
from wanzhou_eval.errors import RefusedError


class Command(BaseCommand):
    help = "输出一次抽选的证明（JSON）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--kind", choices=["sample", "experts", "match"], required=True)
        parser.add_argument("--json", action="store_true", help="证明本来就是 JSON")

    def handle(self, *, year: int, kind: str, **options: Any) -> None:
        try:
            draw = live_draw(plan_of(year), DrawKind(kind))
            if draw is None:
                label = DrawKind(kind).label
                raise CommandError(f"{year}年度还没有{label}。请先在抽选页完成。")
            self.stdout.write(certificate_json(certificate_of(draw)))
        except RefusedError as error:
            raise CommandError(error.sentence) from error
