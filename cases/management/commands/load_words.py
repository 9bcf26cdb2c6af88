"""`manage.py load_words`: the synonyms that come with the product, once."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.actions import add_first_words


class Command(BaseCommand):
    """May be run any number of times: what people changed since stays as it is."""

    help = "载入随系统提供的同义词（只载入一次）"

    def handle(self, *args: object, **options: object) -> None:
        """Read the reference file and store it."""
        path = settings.BASE_DIR / "fixtures" / "synonyms.json"
        listed = json.loads(path.read_text(encoding="utf-8"))
        number = add_first_words(
            (subject, word, meaning)
            for subject, meanings in listed.items()
            for meaning, words in meanings.items()
            for word in words
        )
        if options["verbosity"] != 0:
            self.stdout.write(f"已载入{number}个同义词" if number else "同义词以前已载入，没有改动")
