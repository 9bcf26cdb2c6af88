"""Addresses of the population."""

from django.urls import path

from cases.views import decisions, imports, ledger, population, words

urlpatterns = [
    path("y/<int:year>/cases/", population.case_list, name="case_list"),
    path("y/<int:year>/cases/total/", population.declare_total, name="declare_total"),
    path("y/<int:year>/cases/import/", imports.import_upload, name="import_upload"),
    path("y/<int:year>/cases/import/<int:pk>/", imports.import_review, name="import_review"),
    path(
        "y/<int:year>/cases/import/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"
    ),
    path("y/<int:year>/cases/import/<int:pk>/stop/", imports.import_stop, name="import_stop"),
    path(
        "y/<int:year>/cases/import/<int:pk>/discard/", imports.import_discard, name="import_discard"
    ),
    path(
        "y/<int:year>/cases/import/<int:pk>/recheck/", imports.import_recheck, name="import_recheck"
    ),
    path(
        "y/<int:year>/cases/import/<int:pk>/annotated/",
        imports.import_annotated,
        name="import_annotated",
    ),
    path(
        "y/<int:year>/cases/import/<int:pk>/columns/", words.import_columns, name="import_columns"
    ),
    path("y/<int:year>/cases/import/<int:pk>/word/", words.import_word, name="import_word"),
    path("words/", words.word_list, name="word_list"),
    path("words/keep/", words.word_keep, name="word_keep"),
    path("words/<slug:subject>/<int:pk>/remove/", words.word_remove, name="word_remove"),
    path("y/<int:year>/cases/uploads/", ledger.import_list, name="import_list"),
    path("y/<int:year>/cases/import/<int:pk>/file/", ledger.import_file, name="import_file"),
    path(
        "y/<int:year>/cases/import/<int:pk>/changes/",
        decisions.import_changes,
        name="import_changes",
    ),
    path(
        "y/<int:year>/cases/import/<int:pk>/absences/",
        decisions.import_absences,
        name="import_absences",
    ),
    path(
        "y/<int:year>/cases/import/<int:pk>/reject/", decisions.import_reject, name="import_reject"
    ),
    path(
        "y/<int:year>/cases/import/<int:pk>/unreject/",
        decisions.import_unreject,
        name="import_unreject",
    ),
    path("y/<int:year>/cases/cleaning/", ledger.case_cleaning, name="case_cleaning"),
    path("y/<int:year>/cases/cleaning/text/", ledger.case_cleaning_text, name="case_cleaning_text"),
    path("y/<int:year>/cases/left-out/", decisions.case_left_out, name="case_left_out"),
    path(
        "y/<int:year>/cases/left-out/<int:pk>/include/",
        decisions.case_include,
        name="case_include",
    ),
    path(
        "y/<int:year>/cases/left-out/<int:pk>/withdraw/",
        decisions.case_withdraw,
        name="case_withdraw",
    ),
    path("y/<int:year>/cases/<int:serial>/", population.case_detail, name="case_detail"),
    path("y/<int:year>/cases/<int:serial>/correct/", decisions.case_correct, name="case_correct"),
    path("y/<int:year>/cases/<int:serial>/exclude/", population.case_exclude, name="case_exclude"),
]
