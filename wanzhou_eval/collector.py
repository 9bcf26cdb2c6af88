"""Python's cycle collector, put off while a long list of rows is built.

Every new row that stays lets it walk all the rows before: a sixth of the time of an import,
for nothing, because rows hold no cycles. What a thread next door leaves behind meanwhile is
collected afterwards.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_put_off() -> Iterator[None]:
    """No collection inside; as before outside."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
