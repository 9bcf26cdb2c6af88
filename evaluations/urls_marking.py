"""Addresses of marking: standards, progress, what an expert opens, and deliberation.

Every page of a deliberation exists twice: for the first round and, under `review/`, for the
复评组 of an appeal. The pages of a sheet are in `urls_score`.
"""

from django.urls import URLPattern, path

from evaluations.models import SheetRound
from evaluations.views import (
    before,
    deliberation,
    marking,
    offline,
    practice,
    progress,
    standard_edit,
    standards,
    trial,
)

REVIEW = {"in_round": SheetRound.REVIEW.value}
DRAFT_PAGES = (
    ("copy", "copy/", standard_edit.standard_copy),
    ("convert", "convert/", standard_edit.standard_convert),
    ("edit", "edit/", standard_edit.standard_edit),
    ("preview", "preview/", standard_edit.standard_preview),
    ("item_new", "item/", standard_edit.standard_item),
    ("item", "item/<int:item>/", standard_edit.standard_item),
    ("item_act", "item/<int:item>/act/", standard_edit.standard_item_act),
)
TRIAL_PAGES = (
    ("sheet", "", trial.trial_sheet),
    ("save", "save/", trial.trial_save),
    ("check", "check/", trial.trial_check),
    ("seal", "seal/", trial.trial_seal),
)
SETTLE_PAGES = {
    "": ("case", "review", deliberation.settle_case),
    "confirm/": ("confirm", "review_confirm", deliberation.settle_confirm),
    "propose/": ("propose", "review_propose", deliberation.settle_propose),
    "answer/": ("answer", "review_answer", deliberation.settle_answer),
    "rule/": ("rule", "review_rule", deliberation.settle_rule),
    "return/": ("return", "review_return", deliberation.settle_return),
}


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
    path("y/<int:year>/plan/items/new/", standard_edit.standard_new, name="standard_new"),
    path(
        "y/<int:year>/plan/items/compare/", standard_edit.standard_compare, name="standard_compare"
    ),
    *(
        path(f"y/<int:year>/plan/items/<int:pk>/{tail}", view, name=f"standard_{name}")
        for name, tail, view in DRAFT_PAGES
    ),
    path("y/<int:year>/training/", before.training, name="training"),
    path("y/<int:year>/training/new/", before.training_new, name="training_new"),
    path("y/<int:year>/training/<int:pk>/", before.training_new, name="training_correct"),
    path("y/<int:year>/undertaking/<int:pk>/", before.undertaking_paper, name="undertaking_paper"),
    path("y/<int:year>/trial/", trial.trial, name="trial"),
    path("y/<int:year>/trial/open/", trial.trial_open, name="trial_open"),
    path("y/<int:year>/trial/close/", trial.trial_close, name="trial_close"),
    path("y/<int:year>/scoring/", progress.progress, name="progress"),
    path("y/<int:year>/scoring/open/", progress.marking_open, name="marking_open"),
    path("y/<int:year>/scoring/close/", progress.marking_close, name="marking_close"),
    path("y/<int:year>/scoring/remind/<int:pk>/", progress.progress_nudge, name="progress_nudge"),
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
    path("score/undertaking/", before.undertaking, name="undertaking"),
    path("score/practice/", practice.practice, name="practice"),
    path("score/practice/save/", practice.practice_save, name="practice_save"),
    path("score/practice/check/", practice.practice_check, name="practice_check"),
    path("score/practice/seal/", practice.practice_seal, name="practice_seal"),
    path("score/practice/again/", practice.practice_again, name="practice_again"),
    *(
        path(f"score/trial/<int:year>/<int:ordinal>/{tail}", view, name=f"trial_{name}")
        for name, tail, view in TRIAL_PAGES
    ),
    path("settle/", deliberation.settle_list, name="settle_list"),
    path("settle/<int:year>/all/", deliberation.settle_confirm_all, name="settle_confirm_all"),
    *_settle_patterns(),
]
