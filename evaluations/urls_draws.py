"""Addresses of the step: draws."""

from django.urls import path

from evaluations.views import draws, draws_files, draws_public, letters, panels, replacements

urlpatterns = [
    path("public/draws/", draws_public.public_draws, name="public_draws"),
    path("public/<int:year>/draws/", draws_public.public_draws, name="public_draws_of"),
    path(
        "public/<int:year>/draws/<str:code>/package.zip",
        draws_public.public_draw_package,
        name="public_draw_package",
    ),
    path("y/<int:year>/draws/", draws.draw_list, name="draw_list"),
    path("y/<int:year>/draws/freeze/", draws.draw_freeze, name="draw_freeze"),
    path("y/<int:year>/draws/why/", draws.draw_lookup, name="draw_lookup"),
    path("y/<int:year>/draws/why/<int:serial>/", draws.draw_why, name="draw_why"),
    path(
        "y/<int:year>/draws/replace/<int:serial>/", replacements.draw_replace, name="draw_replace"
    ),
    path("y/<int:year>/draws/<str:code>/", draws.draw_detail, name="draw_detail"),
    path("y/<int:year>/draws/<str:code>/console/", draws.draw_console, name="draw_console"),
    path("y/<int:year>/draws/<str:code>/live/", draws.draw_live, name="draw_live"),
    path("y/<int:year>/draws/<str:code>/state/", draws.draw_state, name="draw_state"),
    path("y/<int:year>/draws/<str:code>/advance/", draws.draw_advance, name="draw_advance"),
    path("y/<int:year>/draws/<str:code>/void/", draws.draw_void, name="draw_void"),
    path("y/<int:year>/draws/<str:code>/sheet-a/", draws_files.draw_sheet_a, name="draw_sheet_a"),
    path(
        "y/<int:year>/draws/<str:code>/certificate.json",
        draws_files.draw_certificate,
        name="draw_certificate",
    ),
    path(
        "y/<int:year>/draws/<str:code>/package.zip", draws_files.draw_package, name="draw_package"
    ),
    path("y/<int:year>/draws/<str:code>/export/", draws_files.draw_export, name="draw_export"),
    path("y/<int:year>/draws/<str:code>/verify/", draws_files.draw_verify, name="draw_verify"),
    path("y/<int:year>/panels/", panels.panel_list, name="panel_list"),
    path(
        "y/<int:year>/panels/withdraw/<int:pk>/",
        replacements.panel_withdraw,
        name="panel_withdraw",
    ),
    path("y/<int:year>/replacements/", replacements.replacement_list, name="replacement_list"),
    path(
        "y/<int:year>/replacements/<int:pk>/",
        replacements.replacement_decide,
        name="replacement_decide",
    ),
    path("y/<int:year>/letters/", letters.letter_list, name="letter_list"),
    path("y/<int:year>/letters/print/", letters.letter_print, name="letter_print"),
    path("my/resign/<int:year>/", replacements.my_resign, name="my_resign"),
]
