"""What a draw hands out: sheet A, certificate, 核验包, list of drawn files, re-computation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evaluations.exports.draws import drawn_table, package
from evaluations.forms.draws import VerifyForm
from evaluations.queries.draws import draw_of, refuse_before_reading
from evaluations.queries.draws_proof import certificate_of, comparison, proof_of, read_upload
from evaluations.queries.draws_sheet_a import sheet_a_page
from evaluations.rules.certificates import certificate_file
from wanzhou_eval.access import STAFF, for_roles
from wanzhou_eval.downloads import download, send_table


@for_roles(*STAFF)
def draw_sheet_a(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """指纹单 (sheet A): printed and signed before anybody touches the dice."""
    context = {"page_title": f"指纹单 {code}", "sheet": sheet_a_page(draw_of(year, code))}
    return render(request, "evaluations/draw_sheet_a.html", context)


@for_roles(*STAFF)
def draw_certificate(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The certificate as JSON."""
    draw = draw_of(year, code)
    refuse_before_reading(draw)
    data = certificate_file(certificate_of(draw))
    return download(data, f"{code}-证书.json", "application/json")


@for_roles(*STAFF)
def draw_package(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """核验包: list, certificate, two verifiers, instructions."""
    draw = draw_of(year, code)
    refuse_before_reading(draw)
    return download(package(draw), f"{code}-核验包.zip", "application/zip")


@for_roles(*STAFF)
def draw_export(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """中签名单 as .xlsx."""
    draw = draw_of(year, code)
    refuse_before_reading(draw)
    return send_table(request, drawn_table(draw))


@for_roles(*STAFF)
def draw_verify(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """复算: the stored draw or an uploaded certificate against the hash on signed sheet A.

    Reads only, so the auditor may send the form.
    """
    draw = draw_of(year, code)
    posted = request.method == "POST"
    form = VerifyForm(request.POST, request.FILES) if posted else VerifyForm()
    found = None
    if posted and form.is_valid():
        upload, printed = form.cleaned_data["certificate"], form.cleaned_data["printed"]
        certificate = read_upload(upload.read()) if upload else certificate_of(draw)
        found = comparison(draw, proof_of(certificate, printed=printed), printed=printed)
    context = {"page_title": f"复算 {code}", "draw": draw, "form": form, "found": found}
    status = 422 if form.errors else 200
    return render(request, "evaluations/draw_verify.html", context, status=status)
