"""Draws the built-in Word templates anew into templates/documents/."""

from typing import Any

from django.core.management.base import BaseCommand

from evaluations.layouts.book import LAYOUTS, build
from evaluations.queries.documents import BUILT_IN


class Command(BaseCommand):
    help = "重新生成内置的 Word 模板（改了 evaluations/layouts 以后用）。"

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in LAYOUTS:
            (BUILT_IN / f"{kind}.docx").write_bytes(build(kind))
        self.stdout.write(f"已生成 {len(LAYOUTS)} 份模板。")
