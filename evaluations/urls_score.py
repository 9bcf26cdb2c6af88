"""Addresses of an expert's sheet, below `score/`.

Every page of it exists twice: for the first round and, under `review/`, for the 复评组 of an
appeal. The project looks here first: to try two hundred addresses before would cost a tenth of
an autosave.
"""

from django.urls import URLPattern, path

from evaluations.models import SheetRound
from evaluations.views import marking

SHEET_PAGES = {
    "save/": ("save", marking.score_save),
    "": ("sheet", marking.score_sheet),
    "check/": ("check", marking.score_check),
    "seal/": ("seal", marking.score_seal),
    "recuse/": ("recuse", marking.score_recuse),
    "withdraw/": ("withdraw", marking.score_withdraw),
    "problem/": ("problem", marking.score_problem),
    "print/": ("print", marking.score_print),
}


def _pages(of: str, place: str, given: dict[str, str]) -> list[URLPattern]:
    return [
        path(place + tail, view, given, name=f"{of}_{name}")
        for tail, (name, view) in SHEET_PAGES.items()
    ]


SHEET = "<int:year>/<int:serial>/"
urlpatterns = [
    *_pages("score", SHEET, {}),
    *_pages("review", f"{SHEET}review/", {"in_round": SheetRound.REVIEW.value}),
]
