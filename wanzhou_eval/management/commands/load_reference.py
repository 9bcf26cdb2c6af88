"""`manage.py load_reference`: fill in the holidays of years that have no notice yet."""

from django.conf import settings
from django.core.management.base import BaseCommand

from wanzhou_eval.calendars import read_notices
from wanzhou_eval.holidays import add_missing_notices


class Command(BaseCommand):
    """May be run any number of times: a year that is there, edited or not, stays as it is."""

    help = "录入缺少的节假日通知（不改动已有年份）"

    def handle(self, *args: object, **options: object) -> None:
        """Read the reference file and store what is missing."""
        path = settings.BASE_DIR / "fixtures" / "holidays.json"
        years = add_missing_notices(read_notices(path.read_text(encoding="utf-8")))
        if options["verbosity"] == 0:
            return
        told = "、".join(str(year) for year in years)
        self.stdout.write(f"已录入{told}年节假日安排" if years else "节假日安排已齐全，无需录入")
