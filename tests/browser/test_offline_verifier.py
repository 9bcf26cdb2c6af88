"""The offline page of the 核验包, opened from disk in Chromium without any network."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from evaluations.rules.certificates import Certificate, certificate_json
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_match import Conflict
from evaluations.rules.matching import draw_match
from evaluations.rules.rematching import MatchState, recuse_late, with_panels
from tests.browser.pages import OFFLINE_PAGE
from tests.evaluations.rules.certificate_builders import (
    Change,
    each_alike,
    put,
    sampled,
    swap,
    year,
)
from tests.evaluations.rules.draw_builders import SEED, certificate, event, frame, random_match
from tests.evaluations.rules.tampered_certificates import TAMPERED, recomputed, tampered
from tests.evaluations.rules.tampering import cell
from tests.evaluations.rules.withdrawal_certificates import each_withdrawal, withdrawn

VECTORS = Path(__file__).parents[1] / "fixtures" / "draw-vectors.json"


@pytest.fixture
def offline(browser: Browser) -> Iterator[Page]:
    """The page without a server; any request beyond the file itself and any error fails."""
    context = browser.new_context(locale="zh-CN", offline=True)
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: asked.append(str(error)))
    opened.on("console", lambda line: asked.append(line.text))
    opened.goto(OFFLINE_PAGE.as_uri())
    yield opened
    context.close()
    assert asked == [OFFLINE_PAGE.as_uri()]


def check(page: Page, folder: Path, *, certs: list[Certificate], printed: list[str]) -> list[str]:
    """Choose the files, type the hashes, press the button; return the sentences shown."""
    files = []
    for i, cert in enumerate(certs):
        files.append(folder / f"{i}-{cert['freeze_hash'][:8]}.json")
        files[-1].write_text(certificate_json(cert), encoding="utf-8")
    page.locator("#files").set_input_files(files)
    for i, sheet in enumerate(printed, 1):
        page.locator(f"#sheet-{i}").fill(sheet)
    page.get_by_role("button", name="核对证书").click()
    page.locator('#verdicts[data-state="done"]').wait_for(state="attached")
    return page.locator(".verdict p:nth-child(2)").all_inner_texts()


def test_a_year_is_the_same_alone_and_in_chain(offline: Page, tmp_path: Path) -> None:
    certs = year()
    printed = [" ".join(cert["freeze_hash"][i : i + 4] for i in range(0, 64, 4)) for cert in certs]
    shown = check(offline, tmp_path, certs=certs, printed=printed)
    assert shown == [
        *["一致：名单、种子、结果、变动和指纹单（表A）全部相符。"] * 3,
        "一致：3次抽选前后相连。",
    ]
    shown = check(offline, tmp_path, certs=certs[:1] + certs[2:], printed=[])
    assert shown[-1].startswith("不一致：缺少T-M1之前的一次抽选")


def test_without_the_signed_sheet_it_says_so(offline: Page, tmp_path: Path) -> None:
    (shown,) = check(offline, tmp_path, certs=[sampled()], printed=[])
    assert shown.startswith("一致。但没有输入指纹单（表A）")
    other = certificate(frame(21, draw="T-S1"))
    (shown,) = check(offline, tmp_path, certs=[other], printed=[sampled()["freeze_hash"]])
    assert shown.startswith("不一致：证书里的名单不是签字封存的名单")


@each_alike
def test_one_change_is_named(
    offline: Page, tmp_path: Path, change: Change, tokens: tuple[str, ...]
) -> None:
    cert = sampled()
    change(cert)
    (shown,) = check(offline, tmp_path, certs=[cert], printed=[])
    assert shown.startswith("不一致：")
    assert [token for token in tokens if token not in shown] == [], shown


def test_every_tampered_certificate_is_named(offline: Page, tmp_path: Path) -> None:
    """Sample, experts, matching and relations: each edit of the table, through the page."""
    unnamed = {}
    for name, kind, edit in TAMPERED:
        cert, tokens = tampered(kind, edit)
        folder = tmp_path / f"{kind} {name}"
        folder.mkdir()
        (shown,) = check(offline, folder, certs=[cert], printed=[])
        missing = [token for token in tokens if token not in shown]
        if missing or not shown.startswith("不一致："):
            unnamed[f"{kind} {name}"] = (missing, shown)
    assert unnamed == {}


def test_the_list_of_the_package_is_compared_row_by_row(offline: Page, tmp_path: Path) -> None:
    cert = sampled()
    sealed = tmp_path / "名单.txt"
    sealed.write_bytes(cert["freeze_text"].encode())
    for row in (100, 101):
        cell("cases", row, 2, "2022-11")(cert)
    file = tmp_path / "证书.json"
    file.write_text(certificate_json(cert), encoding="utf-8")
    offline.locator("#files").set_input_files([sealed, file])
    offline.get_by_role("button", name="核对证书").click()
    named = "名单第116行“渝万援民〔2022〕163号”的月份现为“2022-11”，封存时为“2022-02”，这样的共2处"
    assert f"与名单.txt逐行比对，{named}。" in offline.locator("section.verdict").inner_text()


def test_the_signed_sheet_names_the_row_of_a_list_computed_anew(
    offline: Page, tmp_path: Path
) -> None:
    forged, signed = recomputed()
    (shown,) = check(offline, tmp_path, certs=[forged], printed=[signed])
    row = "名单第241行“渝万援民〔2022〕7号”的状态现为“ex:city2022”，封存时为“in”"
    assert shown.startswith("不一致：证书里的名单不是签字封存的名单：")
    assert row in shown
    slip = forged["freeze_hash"][:-1] + ("0" if forged["freeze_hash"][-1] != "0" else "1")
    (shown,) = check(offline, tmp_path, certs=[forged], printed=[slip])
    assert shown == "不一致：录入的指纹只有第64位与证书名单的不同，多半是录错，请照表重录。"


@each_withdrawal
def test_one_change_of_a_withdrawal_is_named(
    offline: Page, tmp_path: Path, change: Change, tokens: tuple[str, ...]
) -> None:
    cert = withdrawn()
    change(cert)
    (shown,) = check(offline, tmp_path, certs=[cert], printed=[])
    assert shown.startswith("不一致：")
    assert [token for token in tokens if token not in shown] == [], shown


def test_withdrawals_in_order_are_the_same(offline: Page, tmp_path: Path) -> None:
    cert = withdrawn()
    (shown,) = check(offline, tmp_path, certs=[cert], printed=[cert["freeze_hash"]])
    assert shown == "一致：名单、种子、结果、变动和指纹单（表A）全部相符。"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (swap("freeze_text", "2022-07", "2022-13"), "月份“2022-13”不合规定"),
        (put(seed=None), "证书缺少“seed”一项"),
        (put(hash="SM3"), "“hash”与名单不符"),
    ],
)
def test_what_is_malformed_is_named(
    offline: Page, tmp_path: Path, change: Change, sentence: str
) -> None:
    cert = sampled()
    change(cert)
    (shown,) = check(offline, tmp_path, certs=[cert], printed=[])
    assert sentence in shown


def test_what_is_no_certificate_is_said_to_be_none(offline: Page, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("[]", encoding="utf-8")
    offline.locator("#files").set_input_files(file)
    assert "这不是抽选证书" in offline.locator("section.verdict").inner_text()


def test_the_second_device_reads_back_the_seed(offline: Page) -> None:
    offline.locator("#draw").fill("CQWZ-2022-S1")
    offline.locator("#seed").fill(SEED)
    offline.get_by_role("button", name="算出复读码").click()
    assert offline.locator("#code").inner_text().startswith("SHA-256：8b40988f")


def test_all_published_vectors(offline: Page) -> None:
    vectors: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    wrong = offline.evaluate(RUN_VECTORS, vectors)
    assert wrong == []


RUN_VECTORS = """(vectors) => {
  const wrong = [], note = (vector, what) => wrong.push(`${vector.id} ${what}`);
  const refused = (act) => { try { act(); return false; } catch (error) { return true; } };
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const derive = { sample: drawSample, experts: drawExperts, match: drawMatch };
  const draw = ({ freeze_text: text, seed }) => {
    const list = readList(text), name = list.head.hash, frozen = digest(name, text);
    const result = derive[list.head.kind](list, ticketOf(list, seed));
    const rows = Object.entries(result).flatMap(([part, lines]) =>
      [`[${part}]`, ...lines.map((line) => line.join("\\t"))]);
    const head = ["LAQD/1", `result=${list.head.kind}`, `draw=${list.head.draw}`,
      `freeze=${frozen}`, `seed=${seed}`];
    const out = [...head, ...rows, ""].join("\\n");
    return { freeze_hash: frozen, result_text: out, result_hash: digest(name, out), result };
  };
  for (const vector of vectors) {
    const { input, expected } = vector;
    if (vector.kind === "ticket") {
      const name = input.hash || "SHA-256";
      if (digest(name, expected.message) !== expected.ticket) note(vector, name);
    } else if (vector.kind === "size") {
      input.N.forEach((n, i) => {
        if (ruleSize("pct10-tens-20-200", n, n) !== expected.n[i]) note(vector, n);
      });
    } else if (vector.kind === "skeleton") {
      input.items.forEach((item, i) => {
        if (skeleton(item) !== expected.skeleton[i]) note(vector, item);
      });
    } else if (vector.kind === "seed") {
      input.seeds.forEach((seed, i) => {
        const list = { head: { hash: input.hash, draw: input.draw, commit: input.commit } };
        const cert = { seed, seed_source: "d10", frozen_at: "2022-01-01T00:00:00Z",
          seed_entered_at: "2022-01-01T00:00:01Z", readback: expected.readback[i] };
        const bad = refused(() => checkSeed(cert, list));
        if (bad === (expected.verdict[i] === "ok")) note(vector, seed);
      });
    } else if (vector.kind === "freeze") {
      input.texts_utf8_hex.forEach((hex, i) => {
        const bad = refused(() => readList(decoder.decode(bytes(hex))));
        if (bad === (expected.verdict[i] === "ok")) note(vector, input.what[i]);
      });
    } else if (vector.kind === "alloc") {
      const head = { n: input.n, min1: input.min1 ? "1" : "0", alloc: "LR" };
      const quota = quotas(new Map(Object.entries(input.sizes)), head);
      for (const [key, seats] of Object.entries(expected.quota)) {
        if (quota.get(key) !== seats) note(vector, key);
      }
    } else if (expected.error) {
      if (!refused(() => draw(input))) note(vector, "not refused");
    } else if (vector.kind === "draw") {
      const found = draw(input);
      for (const key of Object.keys(expected)) if (found[key] !== expected[key]) note(vector, key);
    } else if (vector.kind === "reserve") {
      const events = input.missing.map((missing, i) => ({ missing, new: expected.new[i] }));
      if (refused(() => replaySample(events, draw(input).result))) note(vector, "replacement");
    } else note(vector, "unknown kind");
  }
  return wrong;
}"""


def late_recusal(number: int) -> dict[str, Any] | None:
    """A matching with a late recusal after an alternate took a place; None where none is possible.

    As in `tests/evaluations/rules/test_rematching.py`, where the script derives the same.
    """
    frozen = random_match(Random(number))
    try:
        result = draw_match(frozen, seed=SEED)
        group = frozen.groups[0]
        spare = [row.person for row in frozen.alternates if row.category == group.category]
        panels = {group.group: [group.leader, spare[0]]}
        row = next(row for row in result.assigned if row.group == group.group)
        recusal = Conflict(spare[0], "case", row.case_no, "近亲属")
        also = [Conflict(spare[1], "case", row.case_no, "中心顾问")]
        now = with_panels(frozen, panels)
        state = MatchState(result.assigned)
        new = recuse_late(
            now, state, seed=SEED, recusal=recusal, also=also, sat=(group.leader, spare[0])
        ).row(row.case_no)
    except (RuleError, StopIteration):
        return None
    facts: dict[str, Any] = {
        "recused": spare[0], "case": row.case_no, "new": new.group, "leader": new.leader,
        "member": new.member, "also": [[spare[1], "中心顾问"]], "panels": panels,
        "sat": [group.leader, spare[0]],
    }  # fmt: skip
    return certificate(frozen, events=[event() | facts | {"reason": "近亲属"}])


def test_late_recusals_re_derive_and_a_swapped_expert_is_named(
    offline: Page, tmp_path: Path
) -> None:
    certs = [cert for cert in map(late_recusal, range(40)) if cert][:4]
    assert len(certs) == 4
    for cert in certs:
        (shown,) = check(offline, tmp_path, certs=[cert], printed=[])
        assert shown.startswith("一致")
        (event,) = cert["events"]
        swapped = cert | {"events": [event | {"member": event["recused"]}]}
        folder = tmp_path / cert["freeze_hash"][:12]
        folder.mkdir()
        (shown,) = check(offline, folder, certs=[swapped], printed=[])
        assert f"证书写“{event['recused']}”" in shown
