"""Addresses of the document templates and of the Word documents of single cases."""

from django.urls import path

from evaluations.views import case_papers, documents

urlpatterns = [
    path("y/<int:year>/documents/", documents.document_list, name="document_list"),
    path("y/<int:year>/documents/<str:kind>/", documents.document_detail, name="document_detail"),
    path(
        "y/<int:year>/documents/<str:kind>/template.docx",
        documents.document_template,
        name="document_template",
    ),
    path(
        "y/<int:year>/documents/<str:kind>/specimen.docx",
        documents.document_specimen,
        name="document_specimen",
    ),
    path(
        "y/<int:year>/documents/<str:kind>/restore/",
        documents.document_restore,
        name="document_restore",
    ),
    path("y/<int:year>/documents/<str:kind>/pack/", documents.document_pack, name="document_pack"),
    path(
        "y/<int:year>/documents/<str:kind>/pack.zip",
        documents.document_pack_file,
        name="document_pack_file",
    ),
    path("y/<int:year>/draws/<str:code>/record.docx", case_papers.draw_word, name="draw_word"),
    path(
        "y/<int:year>/settle/<int:serial>/<str:in_round>/record.docx",
        case_papers.settle_word,
        name="settle_word",
    ),
    path(
        "y/<int:year>/settle/<int:serial>/<str:in_round>/sheet-<int:place>.docx",
        case_papers.settle_sheet_word,
        name="settle_sheet_word",
    ),
    path(
        "score/<int:year>/<int:serial>/<str:in_round>/sheet.docx",
        case_papers.score_word,
        name="score_word",
    ),
]
