"""Addresses of the step: draws."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
