"""Certificates: what verifies, what is named when it does not, the chain, the scripts."""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from evaluations import verifiers
from evaluations.rules.canonical import Head
from evaluations.rules.certificates import (
    Certificate,
    build_certificate,
    certificate_json,
    load_certificate,
    run_draw,
)
from evaluations.rules.chains import verify_chain
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_experts import ExpertsFreeze
from evaluations.rules.freeze_match import (
    AlternateRow,
    ExpertOrg,
    GroupRow,
    MatchCase,
    MatchFreeze,
    build_match,
)
from evaluations.rules.freeze_sample import Allocation, SampleTerms, Variable, build_sample
from evaluations.rules.hashing import HashName
from evaluations.rules.panels import ExpertsResult, replace_expert
from evaluations.rules.sampling import SampleResult, replacements
from evaluations.rules.seeds import SeedSource
from evaluations.rules.verification import verify
from tests.evaluations.rules.draw_builders import (
    FROZEN_AT,
    SEED,
    certificate,
    event,
    experts,
    frame,
    frame_cases,
    pool,
)

SCRIPT = Path(verifiers.__file__).with_name("verify_draw.py")
SEEDS = ("27182818284590452353602", "14142135623730950488016", "17320508075688772935274")
Change = Callable[[Certificate], None]


def sampled() -> Certificate:
    """A stratified sample of 30 from 300 with two missing files, one after the other."""
    frozen = frame(300, strata=(Variable.TYPE,))
    result = run_draw(frozen, seed=SEED).result
    assert isinstance(result, SampleResult)
    missing = result.sample[0].case_no
    first, second = replacements(result, missing=[missing, missing])
    events = [
        event(1, missing=missing, new=first.case_no),
        event(2, missing=first.case_no, new=second.case_no),
    ]
    return certificate(frozen, events=events)


def year() -> list[Certificate]:
    """Sample, experts with a withdrawal, matching with a late recusal: one chain."""
    sample_cert = certificate(frame(60), seed=SEEDS[0])
    sample = run_draw(sample_cert["freeze_text"], seed=SEEDS[0]).result
    members = pool(criminal=4, civil=9)
    pool_text = experts(members).text.replace("prev=-", f"prev={sample_cert['result_hash']}")
    outcome = run_draw(pool_text, seed=SEEDS[1])
    assert isinstance(sample, SampleResult)
    assert isinstance(outcome.result, ExpertsResult)
    assert isinstance(outcome.frozen, ExpertsFreeze)
    leaving = outcome.result.groups[1].leader
    after = replace_expert(outcome.frozen, outcome.result, withdrawn=leaving)
    came = next(p for p in after[2:] if p not in outcome.result.groups[1][2:])
    experts_cert = certificate(
        outcome.frozen, seed=SEEDS[1], after=2, events=[event(3, withdrawn=leaving, new=came)]
    )
    groups = [after if g.code == after.code else g for g in outcome.result.groups]
    types = {case.case_no: case.type for case in frame_cases(60)}
    matching = build_match(
        Head("T-M1", prev=experts_cert["result_hash"]),
        sample=sample_cert["result_hash"],
        experts=experts_cert["result_hash"],
        cases=[
            *(MatchCase(no, types[no], "L00", "H1", "S") for no in sample.sample.case_nos),
            *(MatchCase(no, types[no], "L00", "H1", "R") for no in sample.reserve.case_nos),
        ],
        groups=[GroupRow(*map(str, g)) for g in groups],
        people=[ExpertOrg(m.person, m.org) for m in members],
        alternates=[
            AlternateRow(a.category, f"{a.rank:03d}", a.person)
            for a in outcome.result.alternates
            if a.person != came
        ],
    )
    return [sample_cert, experts_cert, matched(matching)]


def matched(frozen: MatchFreeze) -> Certificate:
    """A matching after which the leader of the first civil case declared a recusal."""
    plain = certificate(frozen, seed=SEEDS[2], after=4)
    rows = [line.split("\t") for line in plain["result_text"].split("[assign]\n")[1].splitlines()]
    row = next(row for row in rows if row[0] == "civil")
    late = event(5, recused=row[4], case=row[2], new="-")
    verdict = verify(certificate(frozen, seed=SEEDS[2], after=4, events=[late]))
    late["new"] = verdict.sentence.split("按签序应为“")[1].split("”")[0]
    return certificate(frozen, seed=SEEDS[2], after=4, events=[late])


def run_script(cert: Certificate, path: Path, printed: str) -> tuple[int, str]:
    """Exit code and output of the stand-alone script."""
    file = path / "certificate.json"
    file.write_text(certificate_json(cert), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-E", "-s", str(SCRIPT), str(file), printed],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=path,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_certificate_verifies_and_asks_for_the_signed_sheet() -> None:
    cert = sampled()
    groups = " ".join(cert["freeze_hash"][i : i + 4] for i in range(0, 64, 4)).upper()
    signed, unsigned = verify(cert, groups), verify(cert)
    assert (signed.ok, signed.sheet_checked) == (True, True)
    assert signed.sentence == "一致：名单、种子、结果、递补和签字表A全部相符。"
    assert (unsigned.ok, unsigned.sheet_checked) == (True, False)
    assert "未输入签字表A" in unsigned.sentence


def test_the_exported_file_keeps_every_byte() -> None:
    cert = sampled()
    text = certificate_json(cert)
    assert load_certificate(text) == load_certificate(text.encode()) == cert
    assert list(cert)[-14:] == [
        *("spec", "kind", "draw", "hash", "freeze_text", "freeze_hash", "seed", "seed_source"),
        *("readback", "result_text", "result_hash", "frozen_at", "seed_entered_at", "events"),
    ]


@pytest.mark.parametrize("data", [b"\xff", "[]", "{", '"x"', "[" * 100_000])
def test_what_is_no_certificate_is_refused(data: bytes | str) -> None:
    with pytest.raises(RuleError, match="^这不是证书文件"):
        load_certificate(data)


def put(**fields: object) -> Change:
    """Set fields."""
    return lambda cert: cert.update(fields)


def swap(field: str, old: str, new: str) -> Change:
    """Replace one occurrence in a field."""

    def change(cert: Certificate) -> None:
        assert old in cert[field]
        cert[field] = cert[field].replace(old, new, 1)

    return change


def swap_replacement(cert: Certificate) -> None:
    cert["events"][0]["new"] = "渝万援刑〔2022〕6号"


def swap_drawn(cert: Certificate) -> None:
    lines = cert["result_text"].split("\n")
    at = lines.index("[sample]") + 1
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    cert["result_text"] = "\n".join(lines)


TAMPERED: list[tuple[Change, str, str]] = [
    (
        swap("freeze_text", "〔2022〕7号\tcivil", "〔2022〕7号\tadmin"),
        "freeze_text",
        "名单第241行“渝万援民〔2022〕7号”与原结果不符：原结果中它在“civil”层",
    ),
    (
        swap("freeze_text", "〔2022〕7号\tcivil\t2022-07", "〔2022〕7号\tcivil\t2022-06"),
        "freeze_text",
        "改动不在案号和分层上",
    ),
    (
        swap(
            "freeze_text",
            "〔2022〕7号\tcivil\t2022-07\tL02\tin",
            "〔2022〕7号\tcivil\t2022-07\tL02\tex:x",
        ),
        "freeze_text",
        "原结果中的“渝万援民〔2022〕7号”在名单里没有了或被剔除",
    ),
    (swap("freeze_text", "2022-07", "2022-13"), "freeze_text", "月份“2022-13”不合规定"),
    (swap("seed", "3141", "3142"), "seed", "种子与复读码不符"),
    (swap("seed", "3141", "x141"), "seed", "种子第1位是“x”"),
    (put(readback="00000000"), "seed", "证书所记00000000"),
    (put(seed_source="phone"), "seed_source", "种子来源应为d10、ball或d6"),
    (put(seed_source="d6"), "seed", "种子第10位是9" if SEED[9] == "9" else "六面骰只有1到6"),
    (swap_drawn, "result_text", r"结果第11行（\[sample\]）不符"),
    (put(result_hash="0" * 64), "result_hash", "结果指纹不符"),
    (swap_replacement, "events", "第1次递补：证书写“渝万援刑〔2022〕6号”"),
    (lambda cert: cert["events"][1].pop("reason"), "events", "第2次递补没有写明原因"),
    (lambda cert: cert["events"][0].pop("missing"), "events", "第1次递补没有写明“missing”"),
    (lambda cert: cert["events"][1].update(at=cert["frozen_at"]), "events", "第2次递补的时间早于"),
    (lambda cert: cert["events"][1].update(at="昨天"), r"events\[2\].at", "应为带时区的时间"),
    (put(seed_entered_at=FROZEN_AT.isoformat()), "seed_entered_at", "违反先封存后出种子"),
    (put(frozen_at="2022-08-15T09:00:00"), "frozen_at", "应为带时区的时间"),
    (put(kind="experts"), "kind", "证书的“kind”是“experts”，名单里是“sample”"),
    (put(draw="T-S2"), "draw", "名单里是“T-S1”"),
    (put(spec="LAQD/2"), "spec", "应为“LAQD/1”"),
    (put(hash="MD5"), "hash", "不是SHA-256或SM3"),
    (put(seed=1), "seed", "证书缺少“seed”一项"),
    (put(events=None), "events", "证书缺少“events”"),
    (put(freeze_text="\ud800"), "freeze_text", "含有残缺的字符"),
]


@pytest.mark.parametrize(("change", "place", "sentence"), TAMPERED)
def test_one_change_is_named(change: Change, place: str, sentence: str) -> None:
    cert = sampled()
    change(cert)
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(refused(cert, place))


def refused(cert: Certificate, place: str) -> str:
    """The sentence about a certificate that must not verify."""
    verdict = verify(cert)
    assert not verdict.ok
    assert verdict.place == place.replace("\\", "")
    return verdict.sentence


def test_a_list_edited_and_recomputed_is_exposed_only_by_the_signed_sheet(tmp_path: Path) -> None:
    signed = sampled()["freeze_hash"]
    cases = [case for case in frame_cases(300) if case.case_no != "渝万援民〔2022〕7号"]
    edited = build_sample(
        Head("T-S1"), terms=SampleTerms(n=30, strata=(Variable.TYPE,)), cases=cases
    )
    forged = certificate(edited)
    assert verify(forged).ok
    assert run_script(forged, tmp_path, "")[0] == 0
    exposed = verify(forged, signed)
    assert (exposed.ok, exposed.place) == (False, "printed")
    assert exposed.sentence.startswith("证书里的名单不是签字封存的名单")
    code, output = run_script(forged, tmp_path, signed)
    assert code == 1
    assert "名单不是签字表A封存的那一份" in output


def test_a_mistyped_sheet_hash_is_not_taken_for_a_forgery() -> None:
    verdict = verify(sampled(), "1a815aa04dee")
    assert verdict.sentence == "签字表A上的名单指纹应为64位（0到9、a到f）。请照表重新输入。"


def test_times_out_of_order_make_no_certificate() -> None:
    outcome = run_draw(frame(25), seed=SEED)
    for frozen_at, entered in (
        (FROZEN_AT, FROZEN_AT),
        (FROZEN_AT, datetime(2022, 8, 15, 12)),  # noqa: DTZ001
    ):
        with pytest.raises(RuleError):
            build_certificate(
                outcome, source=SeedSource.D10, frozen_at=frozen_at, seed_entered_at=entered
            )


def test_a_year_verifies_alone_in_chain_and_by_the_script(tmp_path: Path) -> None:
    certs = year()
    printed = {cert["draw"]: cert["freeze_hash"] for cert in certs}
    verdict = verify_chain(certs[::-1], printed)
    assert (verdict.ok, verdict.sentence) == (True, "一致：3次抽选前后相连。")
    for cert in certs:
        assert verify(cert, cert["freeze_hash"]).ok
        assert run_script(cert, tmp_path, cert["freeze_hash"]) == (0, "一致。\n")


@pytest.mark.parametrize(
    ("number", "change", "sentence"),
    [
        (0, swap_drawn, "结果第"),
        (0, swap("freeze_text", "\tcivil\t", "\tadmin\t"), "名单被改动"),
        (1, lambda c: c["events"][0].update(new="M99"), "M99"),
        (1, swap("freeze_text", "\t1\tin", "\t0\tin"), "名单被改动"),
        (2, lambda c: c["events"][0].update(new="civil-9"), "civil-9"),
        (2, swap("result_text", "[load]", "[laod]"), "laod"),
    ],
)
def test_the_script_names_the_first_difference(
    number: int, change: Change, sentence: str, tmp_path: Path
) -> None:
    cert = year()[number]
    change(cert)
    code, output = run_script(cert, tmp_path, "")
    assert (code, sentence in output) == (1, True), output
    assert not verify(cert).ok


def test_the_script_says_when_it_could_not_check(tmp_path: Path) -> None:
    cert = sampled()
    del cert["seed"]
    code, output = run_script(cert, tmp_path, "")
    assert (code, output.startswith("没有核对成")) == (2, True)


def chain_without(number: int) -> list[Certificate]:
    return [cert for i, cert in enumerate(year()) if i != number]


def test_a_dropped_draw_is_noticed() -> None:
    assert verify_chain(chain_without(0)).sentence.startswith("缺少T-E1之前的一次抽选")
    assert verify_chain(chain_without(1)).sentence.startswith("缺少T-M1之前的一次抽选")
    assert verify_chain(chain_without(2)).ok


def test_a_draw_given_twice_a_branch_and_a_seed_used_twice_are_noticed() -> None:
    certs = year()
    assert "抽选编号“T-S1”用了两次" in verify_chain([certs[0], *certs]).sentence
    branch = certificate(frame(60, draw="T-S2"), seed="5" * 22, after=9)
    assert "记录有分叉" in verify_chain([*certs, branch]).sentence
    again = certificate(
        frame(60, draw="T-S2", prev=certs[2]["result_hash"]), seed=SEEDS[0], after=9
    )
    assert f"种子“{SEEDS[0]}”用了两次" in verify_chain([*certs, again]).sentence


def test_a_list_sealed_before_the_draw_it_names_is_noticed() -> None:
    certs = year()
    early = certificate(frame(60, draw="T-S2", prev=certs[2]["result_hash"]), seed="5" * 22)
    assert "名单封存早于上一次抽选" in verify_chain([*certs, early]).sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("\tS\n", "\tR\n", "抽中却没有列入匹配"),
        ("\tcivil\tL00", "\tadmin\tL00", "的类型与抽选名单不同"),
        ("criminal-1\tcriminal\t", "criminal-9\tcriminal\t", "的成员与抽选专家的结果不同"),
    ],
)
def test_a_matching_of_other_cases_or_groups_is_noticed(old: str, new: str, sentence: str) -> None:
    certs = year()
    text: str = certs[2]["freeze_text"]
    assert old in text
    other = certificate(
        run_draw(text.replace(old, new, 1), seed=SEEDS[2]).frozen, seed=SEEDS[2], after=4
    )
    assert sentence in verify_chain([*certs[:2], other]).sentence


def test_results_are_pinned_for_ever() -> None:
    """A difference here means that old certificates no longer verify: never adjust a value."""
    every = (Variable.TYPE, Variable.MONTH, Variable.ORG)
    frames = [
        frame(300),
        frame(300, alloc=Allocation.SYS, strata=every),
        frame(300, min1=True, strata=(Variable.MONTH,), n=40, override="检验"),
        build_sample(Head("T-S1", HashName.SM3), terms=SampleTerms(n=30), cases=frame_cases(300)),
    ]
    hashes = [run_draw(frozen, seed=SEED).result_hash[:16] for frozen in frames]
    assert hashes == [
        "f925c5343795e7e9",
        "109960519765d7c6",
        "7e83caf61340482a",
        "622cae446e26336a",
    ]
    assert [cert["result_hash"][:16] for cert in year()] == [
        "0c14d95cbd0f37b7",
        "ae352244722f5a84",
        "6c3854c74bff5dd9",
    ]
