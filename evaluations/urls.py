"""Addresses of the yearly evaluation, step by step."""

from evaluations import (
    urls_custody,
    urls_documents,
    urls_draws,
    urls_experts,
    urls_marking,
    urls_paper,
    urls_plan,
    urls_recusals,
    urls_results,
)

urlpatterns = [
    *urls_plan.urlpatterns,
    *urls_experts.urlpatterns,
    *urls_draws.urlpatterns,
    *urls_custody.urlpatterns,
    *urls_marking.urlpatterns,
    *urls_paper.urlpatterns,
    *urls_recusals.urlpatterns,
    *urls_results.urlpatterns,
    *urls_documents.urlpatterns,
]
