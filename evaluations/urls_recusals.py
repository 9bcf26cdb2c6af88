"""Addresses of the step: recusals."""

from django.urls import path

from evaluations.views import recusals

RECUSALS = "y/<int:year>/experts/recusals/"

urlpatterns = [
    path(RECUSALS, recusals.recusal_list, name="recusal_list"),
    path(f"{RECUSALS}new/", recusals.recusal_new, name="recusal_new"),
    path(f"{RECUSALS}import/", recusals.recusal_import, name="recusal_import"),
    path(f"{RECUSALS}mine/", recusals.recusal_mine, name="recusal_mine"),
    path(f"{RECUSALS}<int:pk>/withdraw/", recusals.recusal_withdraw, name="recusal_withdraw"),
    path(
        f"{RECUSALS}<int:serial>/<int:pk>/rematch/",
        recusals.recusal_rematch,
        name="recusal_rematch",
    ),
]
