"""Addresses of the step: plan."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
