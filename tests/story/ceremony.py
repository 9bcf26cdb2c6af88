"""抽选: freeze, sheet A, digits typed by two people, one computation, reading, signatures."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command

from tests.story.people import Office, Y
from tests.story.person import Person

ROOT = Path(__file__).parents[2]
VERIFIER = ROOT / "evaluations" / "verifiers" / "verify_draw.py"
SAMPLE = "407188326901552749360001"
EXPERTS = "271828182845904523536028"
MATCH = "314159265358979323846264"
REVIEWS = ("141421356237309504880168", "173205080756887729352744")


def seal_list(office: Office, button: str) -> str:
    """Seal the list of the next draw on the page of the draws; the console's address."""
    office.bureau.open(f"{Y}/draws/").press(button).reads("名单已封存")
    assert office.bureau.path.endswith("/console/")
    return office.bureau.path


def hold(office: Office, console: str, *, digits: str) -> None:
    """Sheet A, the digits typed twice by two people, read out, locked."""
    bureau, clerk = office.bureau, office.clerk
    bureau.open(console).press("登记指纹单已签名")
    seed = {"digits": digits, "source": "d10", "witnesses": "纪检 甲 12位；律师代表 乙 12位"}
    bureau.press("录入第一遍", seed | {"digits": "12345"}, status=422)
    bureau.open(console).press("录入第一遍", seed).reads("请换另一人")
    wrong = f"9{digits[1:]}"
    clerk.open(console).press("录入第二遍并执行抽选", digits=wrong, status=422)
    clerk.open(console).press("录入第二遍并执行抽选", digits=digits)
    clerk.open(console.replace("/console/", "/certificate.json"), status=409)
    bureau.open(console).press("宣读下一" + unit_of(bureau)).press("全部宣读")
    bureau.press("锁定抽选记录").reads("一致")


def unit_of(page: Person) -> str:
    """What is read out one after another: 件, 人, 组."""
    button = next(each for each in page.buttons if each.startswith("宣读下一"))
    return button.removeprefix("宣读下一")


def certificate(office: Office, console: str, folder: Path) -> dict[str, Any]:
    """Download the certificate, and have it re-derived by three independent hands."""
    page = console.removesuffix("console/")
    found: dict[str, Any] = json.loads(office.auditor.open(f"{page}certificate.json").source)
    file = folder / f"{found['draw']}.json"
    file.write_text(office.auditor.source, encoding="utf-8")
    office.auditor.open(f"{page}verify/").press("复算", printed=found["freeze_hash"])
    office.auditor.reads("一致")
    call_command("verify_certificate", str(file), printed=found["freeze_hash"], json=True)
    assert run_script(file, found["freeze_hash"]) == (0, "一致。\n")
    return found


def run_script(file: Path, printed: str) -> tuple[int, str]:
    """Exit code and output of the stand-alone script."""
    command = [sys.executable, "-S", "-E", str(VERIFIER), str(file), printed]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
