"""Withdrawals on a certificate: product and stand-alone script re-derive each and name the first
difference; the offline page does the same in tests/browser."""

from pathlib import Path

from evaluations.rules.verification import verify
from tests.evaluations.rules.certificate_builders import Change, run_script
from tests.evaluations.rules.withdrawal_certificates import each_withdrawal, withdrawn


def test_three_withdrawals_verify_everywhere(tmp_path: Path) -> None:
    cert = withdrawn()
    assert len({event["new"] for event in cert["events"]}) == 3
    assert cert["events"][2]["withdrawn"] == cert["events"][1]["new"]
    assert verify(cert, cert["freeze_hash"]).ok is True
    assert run_script(cert, tmp_path, cert["freeze_hash"]) == (0, "一致。\n")


@each_withdrawal
def test_one_change_of_a_withdrawal_is_named(
    change: Change, tokens: tuple[str, ...], tmp_path: Path
) -> None:
    cert = withdrawn()
    change(cert)
    code, output = run_script(cert, tmp_path, "")
    assert (code, output.startswith("不一致：")) == (1, True), output
    for told in (verify(cert).sentence, output):
        assert [token for token in tokens if token not in told] == [], told
