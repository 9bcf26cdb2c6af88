"""One thing tampered with is named by product and script alike, to the row and the cell."""

from pathlib import Path

import pytest

from evaluations.rules.verification import verify
from tests.evaluations.rules.certificate_builders import run_script, sampled, year
from tests.evaluations.rules.tampered_certificates import each_tampered, recomputed, tampered
from tests.evaluations.rules.tampering import BACK, Edit, cell


@pytest.mark.parametrize("number", range(4))
def test_untouched_all_are_the_same(number: int, tmp_path: Path) -> None:
    cert = [sampled(), *year()][number]
    assert verify(cert, cert["freeze_hash"]).ok
    assert run_script(cert, tmp_path, cert["freeze_hash"]) == (0, "一致。\n")


@each_tampered
def test_one_change_is_named(kind: str, edit: Edit, tmp_path: Path) -> None:
    cert, tokens = tampered(kind, edit)
    verdict = verify(cert)
    code, output = run_script(cert, tmp_path, "")
    assert (verdict.ok, code, output.startswith("不一致：")) == (False, 1, True), output
    for told in (verdict.sentence, output):
        assert [token for token in tokens if token not in told] == [], told


def test_with_the_signed_sheet_even_a_list_computed_anew_is_named(tmp_path: Path) -> None:
    """Everything in the certificate agrees; only the paper differs, and it gives the row back."""
    forged, signed = recomputed()
    assert verify(forged).ok
    row = f"名单第241行“渝万援民〔2022〕7号”的状态现为“ex:city2022”，封存时为“in”（{BACK}）"
    verdict = verify(forged, signed)
    assert (verdict.place, verdict.sentence[-len(row) - 1 :]) == ("printed", f"{row}。")
    code, output = run_script(forged, tmp_path, signed)
    assert (code, row in output) == (1, True), output


def test_a_slip_in_typing_sheet_a_is_told_from_another_list(tmp_path: Path) -> None:
    cert = sampled()
    digit = "0" if cert["freeze_hash"][20] != "0" else "1"
    slip = cert["freeze_hash"][:20] + digit + cert["freeze_hash"][21:]
    sentence = "录入的指纹只有第21位与证书名单的不同，多半是录错，请照表重录"
    assert verify(cert, slip).sentence == f"{sentence}。"
    assert run_script(cert, tmp_path, slip) == (1, f"不一致：{sentence}。\n")


def test_the_list_of_the_package_names_every_row(tmp_path: Path) -> None:
    """With the untouched 名单.txt beside the certificate, two changes are named as well as one."""
    cert = sampled()
    (tmp_path / "名单.txt").write_bytes(cert["freeze_text"].encode())
    for row in (100, 101):
        cell("cases", row, 2, "2022-11")(cert)
    output = run_script(cert, tmp_path, "")[1]
    named = "名单第116行“渝万援民〔2022〕163号”的月份现为“2022-11”，封存时为“2022-02”，这样的共2处"
    assert f"与名单.txt逐行比对，{named}。" in output
    copies = [("原件", sampled()["freeze_text"])]
    assert f"与原件逐行比对，{named}。" in verify(cert, None, copies).sentence


def test_a_list_of_another_fingerprint_is_no_copy(tmp_path: Path) -> None:
    cert = sampled()
    cell("cases", 100, 2, "2022-11")(cert)
    (tmp_path / "名单.txt").write_bytes(cert["freeze_text"].encode())
    output = run_script(cert, tmp_path, "")[1]
    assert "逐行比对" not in output
    assert f"的月份现为“2022-11”，封存时为“2022-02”（{BACK}）" in output


@pytest.mark.parametrize(
    ("form", "what"),
    [
        (lambda text: text.replace("\n", "\r\n"), "换行符"),
        (lambda text: text[:-1], "文件末尾的换行符"),
        (lambda text: f"\ufeff{text}", "文件开头的BOM标记"),
    ],
    ids=["CRLF", "no end", "BOM"],
)
def test_a_list_saved_in_another_form_is_said_to_be_whole(form: object, what: str) -> None:
    cert = sampled()
    assert callable(form)
    cert["freeze_text"] = form(cert["freeze_text"])
    assert f"名单的{what}被改动，各行内容没有变（{BACK}）" in verify(cert).sentence


def test_another_algorithm_in_the_head_is_named() -> None:
    cert = sampled()
    cert["freeze_text"] = cert["freeze_text"].replace("\nhash=SHA-256\n", "\nhash=SM3\n")
    assert f"名单第4行“hash”现为“SM3”，封存时为“SHA-256”（{BACK}）" in verify(cert).sentence


def test_without_the_other_scripts_the_long_one_still_says_no(tmp_path: Path) -> None:
    """`verify_draw.py` alone: the difference is found, the row is not."""
    import shutil
    import subprocess
    import sys

    from tests.evaluations.rules.certificate_builders import SCRIPT

    shutil.copy(SCRIPT, tmp_path)
    cert = sampled()
    cell("cases", 100, 2, "2022-11")(cert)
    run_script(cert, tmp_path, "")
    command = [sys.executable, "-E", "-s", "verify_draw.py", "certificate.json", ""]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("不一致：名单的指纹不符：证书所记62fee403")
    assert "缺少verify_rows.py，指不出哪一行" in done.stdout
