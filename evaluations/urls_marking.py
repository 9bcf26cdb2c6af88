"""Addresses of the step: marking."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
