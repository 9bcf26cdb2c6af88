"""Addresses of marking: standards, progress, the expert's sheets and deliberation.

Every page of a sheet and of a deliberation exists twice: for the first round and, under
`review/`, for the 复评组 of an appeal.
"""

from django.urls import URLPattern, path

from evaluations.models import SheetRound
from evaluations.views import deliberation, marking, offline, progress, standards

REVIEW = {"in_round": SheetRound.REVIEW.value}
SHEET_PAGES = {
    "": ("sheet", marking.score_sheet),
    "save/": ("save", marking.score_save),
    "check/": ("check", marking.score_check),
    "seal/": ("seal", marking.score_seal),
    "recuse/": ("recuse", marking.score_recuse),
    "withdraw/": ("withdraw", marking.score_withdraw),
    "problem/": ("problem", marking.score_problem),
    "print/": ("print", marking.score_print),
}
SETTLE_PAGES = {
    "": ("case", "review", deliberation.settle_case),
    "confirm/": ("confirm", "review_confirm", deliberation.settle_confirm),
    "propose/": ("propose", "review_propose", deliberation.settle_propose),
    "answer/": ("answer", "review_answer", deliberation.settle_answer),
    "rule/": ("rule", "review_rule", deliberation.settle_rule),
}


def _sheet_patterns() -> list[URLPattern]:
    found = []
    for tail, (name, view) in SHEET_PAGES.items():
        place = "score/<int:year>/<int:serial>/"
        found.append(path(place + tail, view, name=f"score_{name}"))
        found.append(path(f"{place}review/{tail}", view, REVIEW, name=f"review_{name}"))
    return found


def _settle_patterns() -> list[URLPattern]:
    found = []
    for tail, (name, review, view) in SETTLE_PAGES.items():
        place = "settle/<int:year>/<int:serial>/"
        found.append(path(place + tail, view, name=f"settle_{name}"))
        found.append(path(f"{place}review/{tail}", view, REVIEW, name=f"settle_{review}"))
    return found


urlpatterns = [
    path("y/<int:year>/plan/items/", standards.standard_list, name="standard_list"),
    path("y/<int:year>/plan/items/import/", standards.standard_import, name="standard_import"),
    path("y/<int:year>/plan/items/<int:pk>/", standards.standard_detail, name="standard_detail"),
    path(
        "y/<int:year>/plan/items/<int:pk>/adopt/", standards.standard_adopt, name="standard_adopt"
    ),
    path("y/<int:year>/scoring/", progress.progress, name="progress"),
    path("y/<int:year>/scoring/open/", progress.marking_open, name="marking_open"),
    path("y/<int:year>/scoring/close/", progress.marking_close, name="marking_close"),
    path("y/<int:year>/scoring/extend/", progress.marking_extend, name="marking_extend"),
    path("y/<int:year>/settle/", progress.settle_overview, name="settle_overview"),
    path("y/<int:year>/settle/<int:serial>/", deliberation.settle_record, name="settle_record"),
    path(
        "y/<int:year>/settle/<int:serial>/review/",
        deliberation.settle_record,
        REVIEW,
        name="settle_review_record",
    ),
    path("score/", marking.my_tasks, name="my_tasks"),
    path("score/offline/", offline.score_offline, name="score_offline"),
    path("score/offline/file/", offline.score_offline_file, name="score_offline_file"),
    path("score/undertaking/", marking.undertaking, name="undertaking"),
    *_sheet_patterns(),
    path("settle/", deliberation.settle_list, name="settle_list"),
    path("settle/<int:year>/all/", deliberation.settle_confirm_all, name="settle_confirm_all"),
    *_settle_patterns(),
]
