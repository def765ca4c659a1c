"""Python's cyclic collector at rest while many rows are in hand.

A table of 5,000 rows is some hundred thousand lists and dicts without a single cycle among them; looking through them
again and again took a tenth of an import. Reference counting goes on as always, so nothing is kept longer.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_resting = 0
_was_enabled = False


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Nested and in several threads at once it rests until the last has left; also usable as a decorator."""
    global _resting, _was_enabled
    with _lock:
        if not _resting:
            _was_enabled = gc.isenabled()
            gc.disable()
        _resting += 1
    try:
        yield
    finally:
        with _lock:
            _resting -= 1
            if not _resting and _was_enabled:
                gc.enable()
