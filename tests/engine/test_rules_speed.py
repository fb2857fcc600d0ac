"""The rules go over the book at once: a million loans in seconds."""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from qingshou.engine import classification, delinquency, provision
from tests.engine.policies import TODAY, rules

LOANS = 1_000_000
SECONDS_MOST = 8  # about one on two free cores; the machine that runs the tests has other work too


@pytest.mark.slow
def test_days_stages_levels_and_provisions_of_a_million_loans_take_seconds():
    random = np.random.default_rng(20261124)
    late = pl.Series(random.random(LOANS) < 0.1)
    book = pl.DataFrame({
        "loan_id": np.arange(LOANS), "borrower_id": random.integers(0, LOANS * 7 // 10, LOANS), "late": late,
        "days": random.integers(1, 700, LOANS), "balance_fen": random.integers(1, 10**9, LOANS),
        "retail": random.random(LOANS) < 0.8}).with_columns(as_of=pl.lit(TODAY))
    book = book.with_columns(
        oldest=pl.when("late").then(pl.col("as_of") - pl.duration(days=pl.col("days"))).cast(pl.Date),
        previous_level=pl.when(pl.col("late") & (pl.col("days") > 95)).then(pl.lit("substandard")).otherwise(pl.lit("normal")),
        paid_up_since=pl.when(~pl.col("late")).then(pl.lit(TODAY - timedelta(days=300))))
    begun = time.perf_counter()
    book = book.with_columns(dpd=delinquency.dpd(pl.col("oldest"), pl.col("as_of"), rules()))
    book = book.with_columns(stage=delinquency.stage(pl.col("dpd"), rules()))
    judged = classification.classify(book, rules())
    kept = provision.provision(judged.with_columns(book["balance_fen"]), rules())
    took = time.perf_counter() - begun
    assert (judged.height, kept.null_count()) == (LOANS, 0)
    assert took < SECONDS_MOST
