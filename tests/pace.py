"""How thorough the generated tests are: quick by default, in full with `THOROUGH=1`."""

import os

THOROUGH = os.environ.get("THOROUGH", "") not in {"", "0"}


def examples(quick: int, *, thorough: int) -> int:
    """The number of generated examples of this run."""
    return thorough if THOROUGH else quick
