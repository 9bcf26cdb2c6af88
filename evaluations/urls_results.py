"""Addresses of approval, publication, report and allowances."""

from django.urls import path

from evaluations.views import report, results

urlpatterns = [
    path("y/<int:year>/review/", results.approval, name="approval"),
    path("y/<int:year>/review/decide/", results.approval_decide, name="approval_decide"),
    path("y/<int:year>/publish/", results.publish, name="publish"),
    path("y/<int:year>/publish/withhold/", results.withhold, name="publish_withhold"),
    path(
        "y/<int:year>/publish/<int:version>/list.xlsx",
        results.publish_export,
        name="publish_export",
    ),
    path("public/", results.public_results, name="public_results"),
    path("public/<int:year>/", results.public_results, name="public_results"),
    path("y/<int:year>/reports/", report.report, name="report"),
    path("y/<int:year>/reports/write/", report.report_write, name="report_write"),
    path("y/<int:year>/reports/issue/", report.report_issue, name="report_issue"),
    path("my/report/", report.my_reports, name="my_reports"),
    path("my/report/<int:year>/", report.my_report, name="my_report"),
    path("y/<int:year>/reports/brief/", report.brief, name="brief"),
    path("y/<int:year>/payments/", report.allowances, name="allowances"),
]
