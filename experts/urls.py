"""Addresses of the pool."""

from django.urls import path

from experts import views

urlpatterns = [
    path("y/<int:year>/experts/import/", views.pool_upload, name="pool_upload"),
]
