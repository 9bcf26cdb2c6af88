"""承诺值: only its hash is sealed, and without the value nothing is drawn."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from evaluations import verifiers
from evaluations.actions import draws
from evaluations.models import Draw, DrawnCase
from evaluations.queries.draws_proof import certificate_of, prove
from evaluations.rules.certificates import certificate_json
from evaluations.rules.hashing import HashName
from evaluations.rules.seeds import commitment
from tests.evaluations.commitment_year import (
    CODE,
    LOST,
    OTHER,
    SECRET,
    TYPED,
    held,
    tables_with,
    typed,
)
from tests.evaluations.draw_statements import new_draw, refusing, set_columns
from tests.evaluations.draw_year import SEEDS, Year, draw_sample, next_year, open_year, refused
from tests.people import signed_in, text
from wanzhou_eval.models import AuditEvent

pytestmark = pytest.mark.django_db
SCRIPTS = Path(verifiers.__file__).parent


@pytest.fixture(params=HashName)
def hashed(request: pytest.FixtureRequest) -> Year:
    return open_year(commitment=True, hash_name=request.param.value)


@pytest.fixture
def year() -> Year:
    return open_year(commitment=True)


def test_only_the_hash_is_sealed(hashed: Year) -> None:
    draw = draws.seal_frame(hashed.plan, by=hashed.bureau, secret=SECRET)
    name = HashName(hashed.plan.hash_name)
    assert draw.commitment == commitment(SECRET, draw="WZ-2031-S1", hash_name=name)
    assert draw.freeze_text.split("\n")[5] == f"commit={draw.commitment}"
    assert tables_with(draw.commitment) == ["evaluations_draw"]
    assert tables_with(SECRET) == []


def test_without_the_setting_the_value_is_not_used() -> None:
    year = open_year()
    draw = draws.seal_frame(year.plan, by=year.bureau, secret=SECRET)
    assert (draw.commitment, draw.freeze_text.split("\n")[5]) == ("", "commit=-")
    draws.sign_sheet_a(draw, by=year.bureau)
    draws.enter_seed(draw, by=year.bureau, **TYPED)
    values = {"digits": SEEDS["sample"], "secret": SECRET, "by": year.clerk}
    assert refused(draws.hold_draw, draw, **values).sentence.startswith("种子第25位是“+”")


@pytest.mark.parametrize("secret", ["", "0" * 63, "G" * 64, "A" * 64])
def test_a_list_is_not_sealed_without_a_value(year: Year, secret: str) -> None:
    error = refused(draws.seal_frame, year.plan, by=year.bureau, secret=secret)
    assert error.status == 422
    assert error.sentence.startswith("2031年度方案启用了封存承诺值")


def test_every_list_of_the_year_has_its_own_commitment(year: Year) -> None:
    def finish(draw: Draw, kind: str) -> Draw:
        draws.sign_sheet_a(draw, by=year.bureau)
        draws.enter_seed(draw, by=year.bureau, **TYPED | {"digits": SEEDS[kind]})
        draw = draws.hold_draw(draw, digits=SEEDS[kind], secret=SECRET, by=year.clerk)
        draws.announce(draw, upto=10**6, by=year.bureau)
        return draws.sign_draw(draw, by=year.bureau)

    made = [
        finish(draws.seal_frame(year.plan, by=year.bureau, secret=SECRET), "sample"),
        finish(draws.freeze_experts(year.plan, by=year.bureau, secret=SECRET), "experts"),
        finish(draws.freeze_match(year.plan, by=year.bureau, secret=SECRET), "match"),
    ]
    assert len({draw.commitment for draw in made}) == 3
    assert [prove(draw, printed=draw.freeze_hash).ok for draw in made] == [True] * 3


def test_the_envelope_is_opened_at_the_second_typing(year: Year) -> None:
    draw = held(year)
    assert draw.seed == f"{SEEDS['sample']}+{SECRET}"
    assert draw.first_typing == SEEDS["sample"]
    assert DrawnCase.objects.count() == 20
    first = AuditEvent.objects.get(action="enter_seed")
    assert first.detail == {"source": "d10", "digits": 24, "readback": ""}
    assert AuditEvent.objects.get(action="hold_draw").detail["readback"] == draw.readback


@pytest.mark.parametrize(
    ("secret", "sentence"),
    [
        ("", "本次抽选有封存承诺值，种子应为“数字+承诺值”。请启封并录入承诺值。"),
        (OTHER, "承诺值与名单中封存的承诺不符。请核对信封；确实不符的，本次抽选作废并记录。"),
        (
            SECRET[:-1],
            "承诺值应为64位、只有0到9和小写a到f，录入的有63位。请对照信封内的原文重录。",
        ),
    ],
)
def test_another_value_is_refused_and_nothing_is_kept(
    year: Year, secret: str, sentence: str
) -> None:
    draw = typed(year)
    values = {"digits": SEEDS["sample"], "secret": secret, "by": year.clerk}
    error = refused(draws.hold_draw, draw, **values)
    assert (error.status, error.sentence) == (422, sentence)
    assert not secret or tables_with(secret) == []


def test_the_digits_still_have_to_agree(year: Year) -> None:
    draw = typed(year)
    wrong = SEEDS["sample"][:-1] + "7"
    error = refused(draws.hold_draw, draw, digits=wrong, secret=SECRET, by=year.clerk)
    assert error.sentence.startswith("两次输入第24位不同")


def test_a_lost_envelope_leaves_the_void_by_two_people(year: Year) -> None:
    draw = typed(year)
    assert refused(draws.request_void, draw, reason="丢了", by=year.bureau).status == 422
    draws.request_void(draw, reason=LOST, by=year.bureau)
    assert refused(draws.confirm_void, draw, by=year.bureau).status == 403
    draws.confirm_void(draw, by=year.leader)
    public = text(Client().get("/public/draws/"))
    assert LOST in public
    assert "随机数</dt>" not in public
    record = text(signed_in(year.auditor).get(CODE))
    assert "没有启封，本次抽选作废" in record
    assert "40718 83269 01552 74936 0001" in record
    assert LOST in record
    again = draws.seal_frame(year.plan, by=year.bureau, secret=OTHER)
    draws.sign_sheet_a(again, by=year.bureau)
    assert again.commitment != draw.commitment


@pytest.mark.parametrize("script", ["verify_draw.py", "verify_short.py"])
def test_both_scripts_open_the_commitment(hashed: Year, script: str, tmp_path: Path) -> None:
    certificate = certificate_of(held(hashed))
    assert run(script, certificate_json(certificate), tmp_path)[0] == 0
    certificate["seed"] = f"{SEEDS['sample']}+{OTHER}"
    code, said = run(script, json.dumps(certificate), tmp_path)
    assert code == 1
    assert "承诺值" in said or "复读码" in said


def run(script: str, certificate: str, folder: Path) -> tuple[int, str]:
    """Exit code and words of a verifier, with the right fingerprint from sheet A."""
    path = folder / "证书.json"
    path.write_text(certificate, encoding="utf-8")
    printed = json.loads(certificate)["freeze_hash"]
    command = [sys.executable, str(SCRIPTS / script), str(path), printed]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_database_wants_the_value_exactly_when_there_is_a_commitment(year: Year) -> None:
    draw = typed(year)
    later = f"seed_entered_at = now() + interval '1 hour', seed_entered_by_id = {year.clerk.pk}"
    rule = "draw_seed_opens_commitment"
    for seed in ("first_typing", "first_typing || '+'", f"first_typing || '+{SECRET.upper()}'"):
        assert refusing(set_columns(f"seed = {seed}, {later}")) == rule
    assert refusing(set_columns(f"commitment = '{OTHER}'")) == "evaluations_draw_fixed"
    draws.void_draw(draw, reason=LOST, by=year.bureau, confirmed_by=year.leader)
    unlike = new_draw(draw, commitment=f"'{OTHER}'", previous_id="NULL")
    assert refusing(unlike) == "draw_commitment"
    assert refusing(new_draw(draw, previous_id="NULL")) == "draw_commitment"


def test_the_database_wants_no_value_without_a_commitment() -> None:
    year = open_year()
    draw = draws.seal_frame(year.plan, by=year.bureau)
    draws.sign_sheet_a(draw, by=year.bureau)
    draws.enter_seed(draw, by=year.bureau, **TYPED)
    later = f"seed_entered_at = now() + interval '1 hour', seed_entered_by_id = {year.clerk.pk}"
    opened = set_columns(f"seed = first_typing || '+{SECRET}', {later}")
    assert refusing(opened) == "draw_seed_opens_commitment"


def test_a_new_value_does_not_make_used_digits_new() -> None:
    first = open_year()
    draw_sample(first)
    second = next_year(first)
    second.plan.commitment = True
    second.plan.save()
    draw = draws.seal_frame(second.plan, by=second.bureau, secret=SECRET)
    draws.sign_sheet_a(draw, by=second.bureau)
    draws.enter_seed(draw, by=second.bureau, **TYPED | {"digits": "2" * 24})
    again = set_columns(
        f"first_typing = '{SEEDS['sample']}', seed = '{SEEDS['sample']}+{SECRET}',"
        f" seed_entered_by_id = {second.clerk.pk},"
        f" seed_entered_at = now() + interval '1 hour' WHERE id = {draw.pk}"
    )
    assert refusing(again) == "draw_seed_used_once"
