"""Has Hypothesis generate the same from the same seed, in whatever process and however slow.

Two things of Hypothesis are not up to its settings: it takes numbers and strings out of the source
of modules that happen to be loaded (of those that are not installed as packages are), and it ends
shrinking after some minutes. Both make what is generated a matter of how the suite was installed,
of what ran before, or of the machine.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any
from unittest import mock

from hypothesis.internal.conjecture import engine, providers


@contextlib.contextmanager
def sameness() -> Iterator[None]:
    """Take chance out of Hypothesis, but for what the seed decides, while generating."""
    with contextlib.ExitStack() as patches:

        def put(module: Any, name: str, value: object) -> None:
            if hasattr(module, name):  # they are no part of its public interface
                patches.enter_context(mock.patch.object(module, name, value))

        put(engine, "MAX_SHRINKING_SECONDS", math.inf)
        if hasattr(providers, "Constants"):
            none = providers.Constants()
            put(providers, "_get_local_constants", lambda: none)
        cache = getattr(providers, "CONSTANTS_CACHE", None)
        if cache is not None:
            cache.cache.clear()
            patches.callback(cache.cache.clear)
        yield
