"""What a draw hands out, and when: certificate, 核验包, list, re-computation."""

import json
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.actions import draws
from evaluations.models import DrawnCase
from evaluations.queries.draws_proof import certificate_of
from evaluations.queries.draws_text import sections_of
from evaluations.rules.certificates import run_draw
from evaluations.rules.verification import verify
from tests.evaluations.draw_year import SEEDS, Year, ceremony, draw_sample, matched_year, open_year
from tests.people import cells, signed_in, text
from wanzhou_eval.templatetags.ui import hash_groups

pytestmark = pytest.mark.django_db
Y = "/y/2031/draws/"
CODE = f"{Y}WZ-2031-S1/"


@pytest.fixture
def year() -> Year:
    return open_year()


def test_nothing_leaves_the_house_before_it_is_read_out(year: Year) -> None:
    draw = ceremony(
        year, draws.seal_frame(year.plan, by=year.bureau), seed=SEEDS["sample"], finish=False
    )
    bureau = signed_in(year.bureau)
    for path in ("certificate.json", "package.zip", "export/"):
        assert bureau.get(CODE + path).status_code == 409
    first = sections_of(draw.result_text)["sample"][0][1]
    serial = f"{DrawnCase.objects.get(rank=1).case.serial:04d}"
    page = text(bureau.get(CODE))
    assert first not in page
    assert f"<b>{serial}</b>" not in page
    assert "结果已经算定，宣读完再列出。" in page
    state = bureau.get(f"{CODE}state/").json()
    assert (state["said"], state["numbers"], state["phase"]) == (0, [], "reading")
    assert serial not in text(bureau.get(f"{CODE}live/"))
    draws.announce(draw, upto=1, by=year.bureau)
    state = bureau.get(f"{CODE}state/").json()
    assert state["numbers"] == [serial]


def test_the_certificate_and_the_package(year: Year) -> None:
    draw = draw_sample(year)
    auditor = signed_in(year.auditor)
    response = auditor.get(f"{CODE}certificate.json")
    certificate = json.loads(response.content)
    assert certificate["result_text"] == draw.result_text
    assert "attachment" in response["Content-Disposition"]
    assert "专家0" not in response.content.decode()
    package = auditor.get(f"{CODE}package.zip").content
    with ZipFile(BytesIO(package)) as archive:
        names = {name.removeprefix("WZ-2031-S1/") for name in archive.namelist()}
        assert archive.read("WZ-2031-S1/名单.txt").decode() == draw.freeze_text
        assert json.loads(archive.read("WZ-2031-S1/证书.json")) == certificate
    assert {"说明.txt", "名单.txt", "证书.json", "verify_draw.py"} <= names
    assert auditor.get(f"{CODE}package.zip").content == package


def test_the_package_proves_itself_with_the_stand_alone_script(tmp_path: Path) -> None:
    year = matched_year()
    old = DrawnCase.objects.of(year.plan).filter(stratum="civil")[0]
    draws.replace_missing(
        old, kind="missing", reason="档案室装修", by=year.bureau, confirmed_by=year.leader
    )
    bureau = signed_in(year.bureau)
    for draw in year.plan.draws.all():
        package = bureau.get(f"{Y}{draw.code}/package.zip").content
        with ZipFile(BytesIO(package)) as archive:
            archive.extractall(tmp_path)
        folder = tmp_path / draw.code
        for printed, code in ((draw.freeze_hash, 0), ("0" * 64, 1)):
            command = [sys.executable, "verify_draw.py", "证书.json", printed]
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
            assert (draw.code, done.returncode) == (draw.code, code), done.stdout.decode()


def test_re_computation_asks_for_the_signed_sheet(year: Year) -> None:
    draw = draw_sample(year)
    auditor = signed_in(year.auditor)
    response = auditor.post(f"{CODE}verify/", {})
    assert response.status_code == 422
    printed = " ".join(draw.freeze_hash[i : i + 4] for i in range(0, 64, 4)).upper()
    assert "指纹单（表A）全部相符" in text(auditor.post(f"{CODE}verify/", {"printed": printed}))
    page = text(auditor.post(f"{CODE}verify/", {"printed": "0" * 64}))
    assert "<strong>不一致</strong>" in page
    assert "证书里的名单不是签字封存的名单" in page
    package = auditor.get(f"{CODE}package.zip").content
    upload = SimpleUploadedFile("包.zip", package)
    page = text(auditor.post(f"{CODE}verify/", {"printed": printed, "certificate": upload}))
    assert "<strong>一致</strong>" in page
    changed = json.loads(auditor.get(f"{CODE}certificate.json").content)
    changed["seed"] = changed["seed"][::-1]
    upload = SimpleUploadedFile("证书.json", json.dumps(changed).encode())
    page = text(auditor.post(f"{CODE}verify/", {"printed": printed, "certificate": upload}))
    assert "种子与复读码不符" in page
    upload = SimpleUploadedFile("照片.jpg", b"\xff\xd8\xff")
    response = auditor.post(f"{CODE}verify/", {"printed": printed, "certificate": upload})
    assert response.status_code == 422
    assert "这个文件不是抽选证明。" in text(response)


def test_a_certificate_that_is_not_ours_is_red_though_it_proves_itself(year: Year) -> None:
    draw = draw_sample(year)
    other = certificate_of(draw)
    outcome = run_draw(draw.freeze_text, seed="9" * 23 + "1")
    other |= {
        "seed": outcome.seed,
        "readback": outcome.readback,
        "result_text": outcome.result_text,
        "result_hash": outcome.result_hash,
    }
    assert verify(other, draw.freeze_hash).ok is True
    upload = SimpleUploadedFile("证书.json", json.dumps(other).encode())
    data = {"printed": draw.freeze_hash, "certificate": upload}
    page = text(signed_in(year.auditor).post(f"{CODE}verify/", data))
    assert "<strong>不一致</strong>" in page
    assert f"证书前后相符，但结果与本系统保存的{draw.code}不同：至少有一份被换过。" in page
    assert "请停止办理，不要重抽，不要改动任何记录。" in page
    assert "派驻纪检监察组" in page
    assert page.count(">不同<") == 1
    for value in (draw.freeze_hash, draw.result_hash, outcome.result_hash):
        assert hash_groups(value) in page


def test_the_list_of_drawn_files(year: Year) -> None:
    draw = draw_sample(year)
    rows = cells(signed_in(year.clerk).get(f"{CODE}export/"))
    assert rows[0] == ["签序", "卷宗号", "案号", "案件类型", "分层", "签号"]
    assert [row[2] for row in rows[1:]] == [r[1] for r in sections_of(draw.result_text)["sample"]]


def test_the_record_lists_tickets_and_where_each_stratum_ended(year: Year) -> None:
    draw = draw_sample(year)
    page = signed_in(year.auditor).get(CODE).content.decode()
    result = sections_of(draw.result_text)
    serials = dict(year.plan.frame.cases.values_list("number", "serial"))
    listed = page.partition('<ol class="tickets')[2].partition("</ol>")[0]
    cells = [cell for cell in re.findall(r">([^<>]+)<", listed) if cell.strip()]
    assert list(zip(*[iter(cells)] * 4, strict=True)) == [
        (rank, f"{serials[number]:04d}", number, ticket[:12])
        for rank, number, _, ticket in result["sample"]
    ]
    for key, label in (("criminal", "刑事"), ("civil", "民事"), ("admin", "行政")):
        last = max(row[3] for row in result["sample"] if row[2] == key)
        reserves = [row[1] for row in result["reserve"] if row[2] == key][:3]
        shown = "、".join(f"{serials[number]:04d}" for number in reserves)
        assert label in page
        assert f'<td class="mono">{last[:12]}</td>' in page
        assert f'<td class="mono">{shown}</td>' in page
    assert 'aria-label="二维码：名单指纹和结果指纹"' in page
    assert "40718 83269 01552 74936 0001" in page
    assert "四、作废和变动" in page


def test_sheet_a_prints_the_fingerprint_in_fours_and_as_a_code(year: Year) -> None:
    draw = draws.seal_frame(year.plan, by=year.bureau)
    page = signed_in(year.leader).get(f"{CODE}sheet-a/").content.decode()
    assert " ".join(draw.freeze_hash[i : i + 4] for i in range(0, 64, 4)) in page
    assert 'aria-label="二维码：名单指纹"' in page


def test_a_void_and_a_replacement_stand_on_the_record(year: Year) -> None:
    draw = draw_sample(year)
    draws.request_void(draw, reason="骰子落地后被碰动", by=year.bureau)
    draws.confirm_void(draw, by=year.leader)
    page = text(signed_in(year.auditor).get(CODE))
    assert "作废：骰子落地后被碰动（甲bureau提出，甲leader确认）" in page
