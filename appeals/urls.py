"""Addresses of appeals, consequences and closing."""

from django.urls import path

from appeals.views import closing, letters, mine, work

urlpatterns = [
    path("my/", mine.my_cases, name="my_cases"),
    path("my/<int:year>/<int:serial>/", mine.my_case, name="my_case"),
    path("my/<int:year>/<int:serial>/appeal/", mine.appeal_new, name="appeal_new"),
    path("my/<int:year>/<int:serial>/withdraw/", mine.appeal_withdraw, name="appeal_withdraw"),
    path("my/<int:year>/<int:serial>/notices/<int:pk>/", mine.my_notice, name="my_notice"),
    path(
        "my/<int:year>/<int:serial>/notices/<int:pk>/<str:paper>.docx",
        letters.my_word,
        name="my_word",
    ),
    path("my/reviews/<int:year>/<int:serial>/", mine.review_materials, name="review_materials"),
    path("appeals/files/<int:pk>/", mine.appeal_file, name="appeal_file"),
    path("y/<int:year>/appeals/", work.appeal_list, name="appeal_list"),
    path("y/<int:year>/appeals/register/", work.appeal_register, name="appeal_register"),
    path("y/<int:year>/appeals/<int:pk>/", work.appeal_detail, name="appeal_detail"),
    path("y/<int:year>/appeals/<int:pk>/<str:paper>.docx", letters.appeal_word, name="appeal_word"),
    path("y/<int:year>/appeals/<int:pk>/notice/", work.appeal_notice, name="appeal_notice"),
    path(
        "y/<int:year>/appeals/<int:pk>/withdrawal/",
        work.appeal_withdrawal,
        name="appeal_withdrawal",
    ),
    path("y/<int:year>/appeals/<int:pk>/confirm/", work.appeal_confirm, name="appeal_confirm"),
    path("y/<int:year>/appeals/<int:pk>/freeze/", work.appeal_freeze, name="appeal_freeze"),
    path("y/<int:year>/appeals/<int:pk>/panel/", work.appeal_panel, name="appeal_panel"),
    path("y/<int:year>/appeals/<int:pk>/reviewer/", work.appeal_reviewer, name="appeal_reviewer"),
    path("y/<int:year>/appeals/<int:pk>/decide/", work.appeal_decide, name="appeal_decide"),
    path("y/<int:year>/consequences/", closing.consequences, name="consequences"),
    path(
        "y/<int:year>/consequences/<int:serial>/<slug:step>/",
        closing.consequence_step,
        name="consequence_step",
    ),
    path(
        "y/<int:year>/consequences/<int:serial>/<slug:paper>.docx",
        closing.consequence_word,
        name="consequence_word",
    ),
    path(
        "y/<int:year>/consequences/order/",
        closing.rectification_order,
        name="consequence_order",
    ),
    path("y/<int:year>/archive/", closing.archive, name="archive"),
    path("y/<int:year>/archive/package/", closing.archive_package, name="archive_package"),
]
