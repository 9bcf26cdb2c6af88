"""Addresses of an expert's sheet, below `score/`.

Every page of it exists twice: for the first round and, under `review/`, for the 复评组 of an
appeal. They are looked up first and as a tree: to try two hundred addresses before them would
cost a tenth of an autosave.
"""

from django.urls import URLPattern, URLResolver, include, path

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


def _pages(of: str) -> list[URLPattern]:
    return [path(tail, view, name=f"{of}_{name}") for tail, (name, view) in SHEET_PAGES.items()]


sheet: list[URLPattern | URLResolver] = [
    *_pages("score"),
    path("review/", include(_pages("review")), {"in_round": SheetRound.REVIEW.value}),
]
urlpatterns = [path("<int:year>/<int:serial>/", include(sheet))]
