"""Extract: the mentions of an article, each with its exact characters. Resolves nothing.

Run alone as ``python -m pipeline.extract IN OUT``. The package may also be called, ``pipeline.extract(text,
published=date(2024, 1, 12))``, for the resolved rows of one text without any file (see `pipeline.api.extract`).
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any


class _Callable(types.ModuleType):
    """A package that may be called: researchers write `pipeline.extract(text)`, stages import from it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The resolved rows of one text; see `pipeline.api.extract`."""
        # by name: the facade stands above the stages and no stage depends on it
        return importlib.import_module("pipeline.api").extract(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
