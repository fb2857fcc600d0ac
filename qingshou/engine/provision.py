"""Provisions 拨备 by level."""

from __future__ import annotations

import polars as pl

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
