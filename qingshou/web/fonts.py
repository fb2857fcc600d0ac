"""Where the Chinese letters come from on a machine that has none: the package mplfonts, which is only read, not imported."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

# Free (OFL). The package also brings SimHei, which is not free: nothing of ours names it.
FAMILY = "Noto Sans CJK SC"


@cache
def folder() -> Path:
    """The folder with the font files. Raises RuntimeError when the package is not installed."""
    found = find_spec("mplfonts")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("The package mplfonts is missing; run `make setup`")
    return Path(found.submodule_search_locations[0]) / "fonts"
