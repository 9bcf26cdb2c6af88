"""The cycle collector is put off while rows are built, and is back afterwards."""

import gc

import pytest

from wanzhou_eval.collector import collector_put_off


def test_it_is_off_inside_and_on_again() -> None:
    with collector_put_off():
        assert gc.isenabled() is False
    assert gc.isenabled() is True


def test_it_is_on_again_after_a_refusal() -> None:
    with pytest.raises(ValueError, match="bad row"), collector_put_off():
        raise ValueError("bad row")
    assert gc.isenabled() is True
