"""Addresses of the year's 专家库."""

from django.urls import path

from evaluations.views import expert_pool

urlpatterns = [
    path("y/<int:year>/experts/", expert_pool.expert_list, name="expert_list"),
    path("y/<int:year>/experts/<int:pk>/", expert_pool.expert_detail, name="expert_detail"),
    path("y/<int:year>/experts/<int:pk>/edit/", expert_pool.expert_edit, name="expert_edit"),
    path("y/<int:year>/experts/<int:pk>/absence/", expert_pool.absence_new, name="absence_new"),
    path(
        "y/<int:year>/experts/<int:pk>/absence/lift/",
        expert_pool.absence_lift,
        name="absence_lift",
    ),
]
