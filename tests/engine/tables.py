"""Rule tests are tables of facts in ``tests/data/rules/*.toml``: one ``[[case]]`` a row, its name reads as a requirement."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent.parent / "data"


def cases(name: str) -> list[dict[str, Any]]:
    return tomllib.loads((DATA / "rules" / f"{name}.toml").read_text(encoding="utf-8"))["case"]


def each(name: str) -> Any:
    """Runs a test once for each case of a table."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in cases(name)])


def oracle(name: str) -> Any:
    return json.loads((DATA / "oracle" / name).read_text(encoding="utf-8"))
