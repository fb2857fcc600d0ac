"""Five-level classification 五级分类 (V5): the level that the facts call for, and what holds it there.

A level is the worst that any ground asks for. Two things look beyond the facts of the day: a bad asset does not rise
by itself, and a non-retail debtor with too large a bad part drags its other debts along.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from qingshou.engine.money import PPM
from qingshou.engine.reasons import listed, reason
from qingshou.policy import Rules

LEVELS = ("normal", "special_mention", "substandard", "doubtful", "loss")
BAD = LEVELS[2:]
_RANK = {level: rank for rank, level in enumerate(LEVELS)}
_BAD = _RANK["substandard"]

OPTIONAL: dict[str, pl.DataType | type[pl.DataType]] = {
    "retail": pl.Boolean, "credit_impaired": pl.Boolean, "loss_ppm": pl.Int64, "enhanced": pl.Boolean,
    "restructured_on": pl.Date, "observation_met": pl.Boolean, "previous_level": pl.String, "lowered_to": pl.String,
    "raised_to": pl.String, "paid_up_since": pl.Date, "period_months": pl.Int64, "restructured_again": pl.Boolean, "elsewhere_overdue_ppm": pl.Int64,
}


def classify(loans: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Levels of loans: ``loan_id, level, reasons``, rows in the order they came.

    In: ``loan_id, borrower_id, as_of, dpd, balance_fen``; all loans of a borrower must be there. Optional (missing
    column or null: unknown, counts as not so):
    ``retail`` (judged loan by loan, no contagion), ``credit_impaired``, ``loss_ppm`` (expected loss of the balance),
    ``enhanced`` (recognised credit enhancement: not dragged along), the grounds of ``classification.grounds`` by name,
    ``elsewhere_overdue_ppm`` (part of the debtor's debts in all banks overdue over 90 days),
    ``restructured_on`` (first repayment date agreed, or where the observation began anew), ``observation_met`` (paid as
    agreed throughout), ``previous_level``, ``lowered_to`` (by hand, until lifted), ``raised_to`` (an approval given since
    the loan last became bad), ``paid_up_since`` (since when nothing is overdue; the start for a loan that never was),
    ``period_months`` (length of a repayment period, default 1).
    """
    frame = _complete(loans, rules)
    floors = [*_overdue(rules), *_impairment(rules), *_grounds(rules), *_restructured(rules), _lowered()]
    names = [f"_floor{place}" for place in range(len(floors))]
    frame = frame.with_columns(**{name: floor for name, (floor, _) in zip(names, floors, strict=True)})
    frame = frame.with_columns(_own=pl.max_horizontal(pl.lit(0, dtype=pl.Int8), *names))
    frame, held_reason = _hold_bad(frame, rules)
    frame, dragged_reason = _contagion(frame, rules)
    told = [pl.when(pl.col(name) > 0).then(text) for name, (_, text) in zip(names, floors, strict=True)]
    nothing = pl.when(pl.col("_level") == 0).then(reason("not_overdue", "classification.overdue", dpd=pl.col("dpd")))
    return frame.select("loan_id", level=_name(pl.col("_level")),
                        reasons=listed(nothing, *told, held_reason, dragged_reason))


def level_rank(levels: pl.Expr) -> pl.Expr:
    """Place of a level in ``LEVELS`` (Int8), null for null; the worse the greater."""
    return levels.replace_strict(_RANK, return_dtype=pl.Int8)


def _name(rank: pl.Expr) -> pl.Expr:
    return rank.replace_strict(dict(enumerate(LEVELS)), return_dtype=pl.String)


def _complete(loans: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    wanted = OPTIONAL | {row["ground"]: pl.Boolean for row in rules.get("classification.grounds", [])}
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in wanted.items() if name not in loans.columns]
    return loans.with_columns(*missing).with_columns(
        *[pl.col(name).cast(kind) for name, kind in wanted.items()],
        *[pl.col(name).cast(pl.Int64) for name in ("dpd", "balance_fen")])


def _int(level: str) -> pl.Expr:
    return pl.lit(_RANK[level], dtype=pl.Int8)


Floor = tuple[pl.Expr, pl.Expr]  # the least rank it asks for (null: none), and the reason in that case


def _steps(value: pl.Expr, table: list[dict[str, Any]], bound: str, *, strict: bool) -> pl.Expr:
    """The rank of the highest row of a table of thresholds that *value* has passed."""
    rank = pl.lit(None, dtype=pl.Int8)
    for row in sorted(table, key=lambda row: row[bound]):
        passed = value > row[bound] if strict else value >= row[bound]
        rank = pl.when(passed).then(_int(row["level"])).otherwise(rank)
    return rank


def _overdue(rules: Rules) -> list[Floor]:
    rank = _steps(pl.col("dpd"), rules["classification.overdue"], "over", strict=True)
    return [(rank, reason("overdue", "classification.overdue", dpd=pl.col("dpd"), level=_name(rank)))]


def _impairment(rules: Rules) -> list[Floor]:
    loss = pl.when(pl.col("credit_impaired")).then(pl.col("loss_ppm").fill_null(0))
    rank = _steps(loss, rules["classification.impairment"], "loss_at_least_ppm", strict=False)
    return [(rank, reason("impaired", "classification.impairment", loss_ppm=loss, level=_name(rank)))]


def _grounds(rules: Rules) -> list[Floor]:
    """Grounds found by people, named in the policy: one boolean column each."""
    floors = []
    for row in rules.get("classification.grounds", []):
        applies = pl.col(row["ground"]).fill_null(False)
        if row.get("non_retail"):
            applies = applies & ~pl.col("retail").fill_null(False)
        floors.append((pl.when(applies).then(_int(row["level"])),
                       reason("ground", "classification.grounds", ground_code=row["ground"], level=row["level"])))
    limit = rules.get("classification.elsewhere_overdue_over_ppm")
    if limit is not None:
        applies = (pl.col("elsewhere_overdue_ppm") > limit) & ~pl.col("retail").fill_null(False)
        floors.append((pl.when(applies).then(_int("substandard")),
                       reason("elsewhere_overdue", "classification.elsewhere_overdue_over_ppm", limit_ppm=limit,
                              share_ppm=pl.col("elsewhere_overdue_ppm"), level="substandard")))
    return floors


def _observed(rules: Rules) -> pl.Expr:
    """Whether a restructured loan is still under observation: the least time has not passed, or it did not pay."""
    ends = pl.col("restructured_on").dt.offset_by(f"{rules['classification.observation_months']}mo")
    return pl.col("restructured_on").is_not_null() & ~((pl.col("as_of") >= ends)
                                                       & pl.col("observation_met").fill_null(False))


def _restructured(rules: Rules) -> list[Floor]:
    if "classification.restructured_at_least" not in rules:
        return []
    floors = []
    for key, again in (("restructured_at_least", pl.lit(True)), ("restructured_again_at_least", pl.col("restructured_again"))):
        rule_id = f"classification.{key}"
        level = rules[rule_id]
        floors.append((pl.when(_observed(rules) & again.fill_null(False)).then(_int(level)),
                       reason(key.removesuffix("_at_least"), rule_id, since=pl.col("restructured_on"), level=level)))
    return floors


def _lowered() -> Floor:
    rank = level_rank(pl.col("lowered_to"))
    return rank, reason("lowered", "classification.manual_lowering", level=pl.col("lowered_to"))


def _hold_bad(frame: pl.DataFrame, rules: Rules) -> tuple[pl.DataFrame, pl.Expr]:
    """A bad asset stays where it was until a better level is approved; a level that is not bad also needs the loan to
    be paid up for long enough and no impaired asset of the debtor left."""
    if not rules["classification.upgrade_needs_approval"]:
        return frame.with_columns(_level=pl.col("_own")), pl.lit(None, dtype=pl.String)
    least = rules["classification.upgrade_paid_up"]
    months = pl.max_horizontal(pl.lit(least["months"]), pl.col("period_months").fill_null(1) * least["periods"])
    ready = pl.col("paid_up_since").dt.offset_by(pl.concat_str([months.cast(pl.String), pl.lit("mo")]))
    impaired = pl.col("credit_impaired").fill_null(False).any().over("borrower_id")
    frame = frame.with_columns(
        _before=level_rank(pl.col("previous_level")).fill_null(0), _raised=level_rank(pl.col("raised_to")),
        _ready=ready, _impaired_left=impaired)
    bad_before = pl.col("_before") >= _BAD
    better = bad_before & (pl.col("_own") < pl.col("_before"))
    allowed = pl.max_horizontal(pl.col("_own"), pl.col("_raised"))  # the best that is approved
    proven = (pl.col("dpd") == 0) & (pl.col("_ready") <= pl.col("as_of")).fill_null(False) & ~pl.col("_impaired_left")
    # Without proof an approval reaches no further than the least bad level.
    reached = pl.when(pl.col("_raised").is_null()).then(pl.col("_before")).when(proven).then(allowed).otherwise(
        pl.max_horizontal(allowed, pl.lit(_BAD, dtype=pl.Int8)))
    frame = frame.with_columns(
        _level=pl.when(better).then(pl.min_horizontal(reached, pl.col("_before"))).otherwise(pl.col("_own")).cast(pl.Int8))
    held = better & (pl.col("_level") > pl.col("_own"))
    no_approval = pl.when(held & pl.col("_raised").is_null()).then(
        reason("held_no_approval", "classification.upgrade_needs_approval", level=pl.col("previous_level")))
    no_proof = pl.when(held & pl.col("_raised").is_not_null() & ~proven).then(
        reason("held_not_proven", "classification.upgrade_paid_up", level=_name(pl.col("_level")),
               since=pl.col("paid_up_since"), until=pl.col("_ready")))
    return frame, pl.coalesce(no_approval, no_proof)


def _contagion(frame: pl.DataFrame, rules: Rules) -> tuple[pl.DataFrame, pl.Expr]:
    """If more than the limit of a non-retail debtor's debts here is bad, all of them are."""
    limit = rules.get("classification.contagion_over_ppm")
    if limit is None:
        return frame, pl.lit(None, dtype=pl.String)
    owed = pl.col("balance_fen")
    bad = pl.when(pl.col("_level") >= _BAD).then(owed).otherwise(0).sum().over("borrower_id")
    total = owed.sum().over("borrower_id")
    # bad > total × limit ÷ 10^6 without leaving 64 bits: a whole number is greater than x when greater than floor(x).
    line = total // PPM * limit + total % PPM * limit // PPM
    dragged = ((bad > line) & (pl.col("_level") < _BAD)
               & ~pl.col("retail").fill_null(False) & ~pl.col("enhanced").fill_null(False))
    frame = frame.with_columns(_dragged=dragged, _bad_fen=bad, _total_fen=total)
    frame = frame.with_columns(
        _level=pl.when("_dragged").then(pl.lit(_BAD, dtype=pl.Int8)).otherwise(pl.col("_level")))
    return frame, pl.when("_dragged").then(
        reason("contagion", "classification.contagion_over_ppm", limit_ppm=limit, bad_fen=pl.col("_bad_fen"),
               total_fen=pl.col("_total_fen"), level="substandard"))
