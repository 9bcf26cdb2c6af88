"""The address plan. Apps are named by string: the ground floor imports none of them."""

from django.contrib import admin
from django.urls import include, path

from wanzhou_eval import views

urlpatterns = [
    path("score/", include("evaluations.urls_score")),
    path("login/", views.log_in, name="login"),
    path("logout/", views.log_out, name="logout"),
    path("stay/", views.stay, name="stay"),
    path("me/", views.account, name="account"),
    path("me/password/", views.password, name="password"),
    path("me/text-size/", views.text_size, name="text_size"),
    path("help/", views.help_topic, name="help"),
    path("help/<slug:topic>/", views.help_topic, name="help_topic"),
    path("calendar/", views.calendar, name="calendar"),
    path("audit/", views.audit, name="audit"),
    path("dev/specimen/", views.specimen, name="specimen"),
    path("admin/", admin.site.urls),
    path("", include("cases.urls")),
    path("", include("experts.urls")),
    path("", include("evaluations.urls")),
    path("", include("appeals.urls")),
    path("", include("appeals.overview.urls")),
]
handler403 = "wanzhou_eval.views.forbidden"
handler404 = "wanzhou_eval.views.not_found"
handler500 = "wanzhou_eval.views.broken"
