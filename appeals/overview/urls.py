"""Addresses of the home page."""

from django.urls import path

from appeals.overview import views

urlpatterns = [
    path("", views.home, name="home"),
    path("y/<int:year>/", views.overview, name="overview"),
]
