"""Addresses of 卷宗交接."""

from django.urls import path

from evaluations.views import custody

urlpatterns = [
    path("y/<int:year>/files/", custody.custody, name="custody"),
    path("y/<int:year>/files/scan/", custody.custody_scan, name="custody_scan"),
    path("y/<int:year>/files/panel/", custody.custody_panel, name="custody_panel"),
    path("y/<int:year>/files/pull/", custody.custody_pull, name="custody_pull"),
    path("y/<int:year>/files/labels/", custody.custody_labels, name="custody_labels"),
    path("y/<int:year>/files/<int:serial>/", custody.custody_file, name="custody_file"),
    path(
        "y/<int:year>/files/<int:serial>/missing/", custody.custody_missing, name="custody_missing"
    ),
    path("y/<int:year>/files/<int:serial>/found/", custody.custody_found, name="custody_found"),
]
