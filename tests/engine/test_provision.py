"""Provisions by level."""

from __future__ import annotations

import polars as pl
import pytest

from qingshou.engine import provision
from qingshou.engine.classification import LEVELS
from tests.engine.policies import rules


@pytest.mark.parametrize(("level", "expected_fen"), [
    ("normal", 100_000), ("special_mention", 200_000), ("substandard", 2_500_000), ("doubtful", 5_000_000),
    ("loss", 10_000_000)])
def test_each_level_of_a_loan_of_100_000_yuan(level, expected_fen):
    frame = pl.DataFrame({"level": [level], "balance_fen": [10_000_000]})
    assert provision.provision(frame, rules()).to_list() == [expected_fen]


def test_many_loans_are_provided_for_as_one_by_one():
    frame = pl.DataFrame({"level": list(LEVELS) * 40, "balance_fen": [7 * number for number in range(5 * 40)]})
    alone = [provision.provision(frame[number:number + 1], rules()).item() for number in range(frame.height)]
    assert provision.provision(frame, rules()).to_list() == alone


def test_half_a_fen_is_rounded_up():
    frame = pl.DataFrame({"level": ["normal", "normal"], "balance_fen": [149, 150]})  # 1 %: 1.49 and 1.50 fen
    assert provision.provision(frame, rules()).to_list() == [1, 2]


def test_a_level_without_a_rate_is_an_error():
    with pytest.raises(pl.exceptions.InvalidOperationError):
        provision.provision(pl.DataFrame({"level": ["lost"], "balance_fen": [1]}), rules())
