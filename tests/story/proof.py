"""复算 of the whole year: every certificate by the script and by the offline page in Chromium."""

import warnings
from pathlib import Path

from django.core.management import call_command

from evaluations.models import Draw, Plan
from tests.chromium import MISSING, chromium_path, started
from tests.story.ceremony import ROOT, run_script
from tests.story.people import Office, Y

OFFLINE = ROOT / "evaluations" / "verifiers" / "offline_verifier.html"


def prove_all(office: Office, plan: Plan, folder: Path) -> None:
    """Download every certificate as it stands at the year's end, and re-derive them all."""
    draws = list(plan.draws.order_by("pk"))
    assert {draw.kind for draw in draws} == {"sample", "experts", "match", "review"}
    files = [download(office, draw, folder) for draw in draws]
    for draw, file in zip(draws, files, strict=True):
        assert run_script(file, draw.freeze_hash) == (0, "一致。\n")
    call_command("verify_certificate", *map(str, files), json=True)
    path = chromium_path()
    if path is None:
        warnings.warn(MISSING, stacklevel=1)
    else:
        open_offline(path, draws, files)


def download(office: Office, draw: Draw, folder: Path) -> Path:
    """The certificate as the auditor gets it."""
    file = folder / f"{draw.code}-final.json"
    source = office.auditor.open(f"{Y}/draws/{draw.code}/certificate.json").source
    file.write_text(source, encoding="utf-8")
    return file


def open_offline(path: str, draws: list[Draw], files: list[Path]) -> None:
    """All certificates in the page of the 核验包, with the hashes of the signed sheets."""
    with started(path) as browser:
        context = browser.new_context(locale="zh-CN", offline=True)
        page = context.new_page()
        page.goto(OFFLINE.as_uri())
        page.locator("#files").set_input_files(files)
        for number, draw in enumerate(draws, 1):
            page.locator(f"#sheet-{number}").fill(draw.freeze_hash)
        page.get_by_role("button", name="核对证书").click()
        page.locator('#verdicts[data-state="done"]').wait_for(state="attached")
        shown = page.locator(".verdict p:nth-child(2)").all_inner_texts()
        context.close()
    assert shown == [
        *["一致：名单、种子、结果、变动和指纹单（表A）全部相符。"] * len(draws),
        f"一致：{len(draws)}次抽选前后相连。",
    ]
