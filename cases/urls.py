"""Addresses of the population."""

from django.urls import path

from cases.views import imports, population, words

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
    path("y/<int:year>/cases/<int:serial>/", population.case_detail, name="case_detail"),
    path("y/<int:year>/cases/<int:serial>/exclude/", population.case_exclude, name="case_exclude"),
]
