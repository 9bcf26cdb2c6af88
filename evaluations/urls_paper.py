"""Addresses of 纸质评分表."""

from django.urls import path

from evaluations.views import paper

urlpatterns = [
    path("y/<int:year>/paper/", paper.paper_list, name="paper_list"),
    path("y/<int:year>/paper/print/", paper.paper_print, name="paper_print"),
    path("y/<int:year>/paper/<str:code>/", paper.paper_sheet, name="paper_sheet"),
    path("y/<int:year>/paper/<str:code>/confirm/", paper.paper_confirm, name="paper_confirm"),
    path("y/<int:year>/paper/<str:code>/discard/", paper.paper_discard, name="paper_discard"),
    path("score/scans/<int:pk>/", paper.paper_scan, name="paper_scan"),
]
