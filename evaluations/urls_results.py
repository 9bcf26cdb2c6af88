"""Addresses of the step: results."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
