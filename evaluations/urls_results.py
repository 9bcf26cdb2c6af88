"""Addresses of approval, publication, report and allowances."""

from django.urls import path

from evaluations.views import allowances, public, report, results

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
    path("y/<int:year>/review/sheet.docx", results.approval_word, name="approval_word"),
    path("y/<int:year>/publish/<int:version>/list.docx", results.publish_word, name="publish_word"),
    path("y/<int:year>/publish/<int:version>/places/", results.publish_place, name="publish_place"),
    path("y/<int:year>/publish/places/<int:pk>/", results.publish_file, name="publish_file"),
    path("public/", public.public_results, name="public_results"),
    path("public/<int:year>/", public.public_results, name="public_results"),
    path("public/<int:year>/<int:version>/", public.public_results, name="public_results"),
    path("public/<int:year>/<int:version>/list.<str:form>", public.public_list, name="public_list"),
    path("y/<int:year>/reports/", report.report, name="report"),
    path("y/<int:year>/reports/report.docx", report.report_word, name="report_word"),
    path("y/<int:year>/reports/write/", report.report_write, name="report_write"),
    path("y/<int:year>/reports/issue/", report.report_issue, name="report_issue"),
    path("my/report/", report.my_reports, name="my_reports"),
    path("my/report/<int:year>/", report.my_report, name="my_report"),
    path("y/<int:year>/reports/brief/", report.brief, name="brief"),
    path("y/<int:year>/payments/", allowances.allowances, name="allowances"),
    path("y/<int:year>/payments/sheet.docx", allowances.allowance_word, name="allowance_word"),
    path("y/<int:year>/payments/enter/", allowances.allowance_enter, name="allowance_enter"),
    path(
        "y/<int:year>/payments/<int:pk>/decide/",
        allowances.allowance_decide,
        name="allowance_decide",
    ),
]
