"""Addresses of the population."""

from django.urls import path

from cases import views

urlpatterns = [
    path("y/<int:year>/cases/", views.case_list, name="case_list"),
    path("y/<int:year>/cases/export/", views.case_export, name="case_export"),
    path("y/<int:year>/cases/total/", views.declare_total, name="declare_total"),
    path("y/<int:year>/cases/import/", views.import_upload, name="import_upload"),
    path("y/<int:year>/cases/import/<int:pk>/", views.import_review, name="import_review"),
    path(
        "y/<int:year>/cases/import/<int:pk>/confirm/", views.import_confirm, name="import_confirm"
    ),
    path(
        "y/<int:year>/cases/import/<int:pk>/discard/", views.import_discard, name="import_discard"
    ),
    path(
        "y/<int:year>/cases/import/<int:pk>/annotated/",
        views.import_annotated,
        name="import_annotated",
    ),
    path("y/<int:year>/cases/<int:serial>/", views.case_detail, name="case_detail"),
    path("y/<int:year>/cases/<int:serial>/exclude/", views.case_exclude, name="case_exclude"),
]
