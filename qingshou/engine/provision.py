"""Provisions 拨备 by level, and the ratios that are watched."""

from __future__ import annotations

import polars as pl

from qingshou.engine.classification import BAD
from qingshou.engine.money import PPM, mul_div
from qingshou.policy import Rules


def provision(frame: pl.DataFrame, rules: Rules) -> pl.Series:
    """The provision of each row (fen, half up) by ``level`` and ``balance_fen``."""
    return frame.select(provision_fen=expression(pl.col("level"), pl.col("balance_fen"), rules)).to_series()


def expression(level: pl.Expr, balance_fen: pl.Expr, rules: Rules) -> pl.Expr:
    """The same as an expression over columns of any name; a level without a rate is an error."""
    rates = {name: int(ppm) for name, ppm in rules["provision.special"].items()}
    rate = level.replace_strict(rates, return_dtype=pl.Int64)
    return mul_div(balance_fen.cast(pl.Int64), rate, pl.lit(PPM))


def ratios(frame: pl.DataFrame) -> dict[str, int]:
    """Of a whole book with ``level, balance_fen, provision_fen``: NPL ratio, coverage, loan provision ratio in ppm
    (0 where there is nothing to divide by)."""
    total = int(frame["balance_fen"].sum())
    bad = int(frame.filter(pl.col("level").is_in(BAD))["balance_fen"].sum())
    kept = int(frame["provision_fen"].sum())

    def share(part: int, whole: int) -> int:
        return (part * PPM * 2 + whole) // (2 * whole) if whole else 0

    return {"npl_ratio_ppm": share(bad, total), "coverage_ppm": share(kept, bad), "loan_provision_ppm": share(kept, total)}
