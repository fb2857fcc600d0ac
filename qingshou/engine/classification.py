"""Five-level classification 五级分类 (V5): the level that the facts call for, and what holds it there.

A level is the worst that any ground asks for. Two things look beyond the facts of the day: a bad asset does not rise
by itself, and a non-retail debtor with too large a bad part drags its other debts along.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    "elsewhere_overdue_ppm": pl.Int64, "restructured_on": pl.Date, "restructured_again": pl.Boolean,
    "observation_met": pl.Boolean, "previous_level": pl.String, "lowered_to": pl.String, "raised_to": pl.String,
    "paid_up_since": pl.Date, "period_months": pl.Int64,
}


def classify(loans: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Levels of loans: ``loan_id, level, reasons``, rows in the order they came.

    In: ``loan_id, borrower_id, as_of, dpd, balance_fen``; all loans of a borrower must be there. Optional (missing
    column or null: unknown, counts as not so):

    - ``retail``: judged loan by loan, without contagion; ``enhanced``: recognised credit enhancement, not dragged along.
    - ``credit_impaired`` and ``loss_ppm`` (expected loss, part of the balance); the grounds of
      ``classification.grounds``, each a boolean column of its name; ``elsewhere_overdue_ppm`` (part of the debtor's debts
      in all banks that is overdue over 90 days).
    - ``restructured_on`` (first repayment date agreed), ``restructured_again`` (within observation),
      ``observation_met`` (paid as agreed throughout; unknown: judged by ``paid_up_since``).
    - ``previous_level`` (null: a new loan), ``lowered_to`` (by hand, until lifted), ``raised_to`` (an approval given since
      the loan last became bad; a better level needs another), ``paid_up_since`` (since when nothing is overdue; for a loan
      that never was, its start), ``period_months`` (length of a repayment period, 1).
    """
    frame = _complete(loans, rules)
    floors = [*_overdue(rules), *_impairment(frame, rules), *_grounds(frame, rules), *_restructured(frame, rules),
              *_decided(frame, rules)]
    names = [f"_floor{place}" for place in range(len(floors))]
    frame = frame.with_columns(**{name: floor for name, (floor, _) in zip(names, floors, strict=True)})
    frame = frame.with_columns(_own=pl.max_horizontal(pl.lit(0, dtype=pl.Int8), *names))
    frame = _contagion(_hold_bad(frame, rules), rules)
    told = [pl.when(pl.col(name) > 0).then(text) for name, (_, text) in zip(names, floors, strict=True)]
    return frame.select("loan_id", level=_name(pl.col("_level"))).with_columns(_explained(frame, told))


def _explained(frame: pl.DataFrame, told: Sequence[pl.Expr]) -> pl.Series:
    """The reasons of each row. Most loans have nothing against them: the long texts are made for the others only."""
    quiet = frame["_level"] == 0
    calm = frame.filter(quiet).select(listed(reason("not_overdue", "classification.overdue", dpd=pl.col("dpd"))))
    others = frame.filter(~quiet).select(listed(*told, "_held", "_dragged"))
    back = pl.DataFrame({"quiet": quiet}).select(
        pl.when("quiet").then(pl.col("quiet").cum_sum() - 1)
        .otherwise((~pl.col("quiet")).cum_sum() - 1 + calm.height).cast(pl.UInt32)).to_series()
    return pl.concat([calm.to_series(), others.to_series()]).gather(back).alias("reasons")


def level_rank(levels: pl.Expr) -> pl.Expr:
    """Place of a level in ``LEVELS`` (Int8), null for null; the worse the greater."""
    return levels.replace_strict(_RANK, return_dtype=pl.Int8)


def _name(rank: pl.Expr) -> pl.Expr:
    return rank.replace_strict(dict(enumerate(LEVELS)), return_dtype=pl.String)


def _complete(loans: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    wanted = OPTIONAL | {row["ground"]: pl.Boolean for row in rules.get("classification.grounds", [])}
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in wanted.items() if name not in loans.columns]
    return loans.with_row_index("_row").with_columns(*missing).with_columns(
        *[pl.col(name).cast(kind) for name, kind in wanted.items()],
        *[pl.col(name).cast(pl.Int64) for name in ("dpd", "balance_fen")])


def _has(frame: pl.DataFrame, *names: str) -> bool:
    """Whether anything is known in one of the columns."""
    return any(frame[name].null_count() < frame.height for name in names)


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


def _impairment(frame: pl.DataFrame, rules: Rules) -> list[Floor]:
    if not _has(frame, "credit_impaired"):
        return []
    loss = pl.when(pl.col("credit_impaired")).then(pl.col("loss_ppm").fill_null(0))
    rank = _steps(loss, rules["classification.impairment"], "loss_at_least_ppm", strict=False)
    return [(rank, reason("impaired", "classification.impairment", loss_ppm=loss, level=_name(rank)))]


def _grounds(frame: pl.DataFrame, rules: Rules) -> list[Floor]:
    """Grounds found by people, named in the policy: one boolean column each."""
    floors: list[Floor] = []
    for row in rules.get("classification.grounds", []):
        if not _has(frame, row["ground"]):
            continue
        applies = pl.col(row["ground"]).fill_null(False)
        if row.get("non_retail"):
            applies = applies & ~pl.col("retail").fill_null(False)
        floors.append((pl.when(applies).then(_int(row["level"])),
                       reason("ground", "classification.grounds", ground_code=row["ground"], level=row["level"])))
    limit = rules.get("classification.elsewhere_overdue_over_ppm")
    if limit is not None and _has(frame, "elsewhere_overdue_ppm"):
        applies = (pl.col("elsewhere_overdue_ppm") > limit) & ~pl.col("retail").fill_null(False)
        floors.append((pl.when(applies).then(_int("substandard")),
                       reason("elsewhere_overdue", "classification.elsewhere_overdue_over_ppm", limit_ppm=limit,
                              share_ppm=pl.col("elsewhere_overdue_ppm"), level="substandard")))
    return floors


def _observed(rules: Rules) -> pl.Expr:
    """Whether a restructured loan is still under observation: the least time has not passed, or it did not pay as agreed.

    Where nobody says so, it paid as agreed since ``paid_up_since``: a delay starts the observation anew.
    """
    met = pl.when("observation_met").then(pl.col("restructured_on"))
    paying = pl.when(pl.col("observation_met").is_null() & pl.col("paid_up_since").is_not_null()).then(
        pl.max_horizontal("restructured_on", "paid_up_since"))
    ends = pl.coalesce(met, paying).dt.offset_by(f"{rules['classification.observation_months']}mo")
    return pl.col("restructured_on").is_not_null() & (pl.col("as_of") < ends).fill_null(True)


def _restructured(frame: pl.DataFrame, rules: Rules) -> list[Floor]:
    floors: list[Floor] = []
    if not _has(frame, "restructured_on"):
        return floors
    for key, again in (("restructured_at_least", pl.lit(True)),
                       ("restructured_again_at_least", pl.col("restructured_again").fill_null(False))):
        rule_id = f"classification.{key}"
        if rule_id in rules:
            level = rules[rule_id]
            floors.append((pl.when(_observed(rules) & again).then(_int(level)),
                           reason(key.removesuffix("_at_least"), rule_id, since=pl.col("restructured_on"), level=level)))
    return floors


def _decided(frame: pl.DataFrame, rules: Rules) -> list[Floor]:
    """What people decided: a lowering holds until it is lifted; who approves a rise names how far it goes."""
    floors: list[Floor] = []
    for code, column, rule_id in (("lowered", "lowered_to", "classification.manual_lowering"),
                                  ("raised", "raised_to", "classification.upgrade_needs_approval")):
        if rules[rule_id] and _has(frame, column):
            floors.append((level_rank(pl.col(column)), reason(code, rule_id, level=pl.col(column))))
    return floors


def _hold_bad(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Adds ``_level`` and ``_held`` (why it is worse than the facts): a bad asset stays where it was until a better level
    is approved; one that is not bad also needs the loan to be paid up for long enough and no impaired asset left."""
    if not rules["classification.upgrade_needs_approval"] or not _has(frame, "previous_level"):
        return frame.with_columns(_level=pl.col("_own"), _held=pl.lit(None, dtype=pl.String))
    least = rules["classification.upgrade_paid_up"]
    months = pl.max_horizontal(pl.lit(least["months"]), pl.col("period_months").fill_null(1) * least["periods"])
    frame = frame.with_columns(_before=level_rank(pl.col("previous_level")))
    rising = frame.filter((pl.col("_before") >= _BAD) & (pl.col("_own") < pl.col("_before")))
    impaired = frame.filter(pl.col("credit_impaired")).select("borrower_id").unique()
    rising = rising.with_columns(
        _ready=pl.col("paid_up_since").dt.offset_by(pl.concat_str([months.cast(pl.String), pl.lit("mo")])),
        _impaired_left=pl.col("borrower_id").is_in(impaired["borrower_id"].implode()))
    approved = pl.col("raised_to").is_not_null()
    proven = (pl.col("dpd") == 0) & (pl.col("_ready") <= pl.col("as_of")).fill_null(False) & ~pl.col("_impaired_left")
    unproven = approved & ~proven & (pl.col("_own") < _BAD)
    held = rising.filter(~approved | unproven).select(
        "_row",
        _held_at=pl.when(approved).then(pl.lit(_BAD, dtype=pl.Int8)).otherwise("_before"),
        _held=pl.when(approved).then(
            reason("held_not_proven", "classification.upgrade_paid_up", since=pl.col("paid_up_since"),
                   until=pl.col("_ready"), level="substandard")).otherwise(
            reason("held_no_approval", "classification.upgrade_needs_approval", level=pl.col("previous_level"))))
    return frame.join(held, on="_row", how="left", maintain_order="left").with_columns(
        _level=pl.coalesce("_held_at", "_own"))


def _contagion(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Drags ``_level`` and adds ``_dragged`` (why): if more than the limit of a non-retail debtor's debts here is bad, all
    of them are."""
    limit = rules.get("classification.contagion_over_ppm")
    if limit is None:
        return frame.with_columns(_dragged=pl.lit(None, dtype=pl.String))
    tainted = frame.filter(pl.col("_level") >= _BAD).select("borrower_id").unique()
    sums = frame.join(tainted, on="borrower_id", how="semi").group_by("borrower_id").agg(
        _bad_fen=pl.col("balance_fen").filter(pl.col("_level") >= _BAD).sum(), _total_fen=pl.col("balance_fen").sum())
    # bad > total × limit ÷ 10^6 without leaving 64 bits: a whole number is greater than x when greater than floor(x).
    line = pl.col("_total_fen") // PPM * limit + pl.col("_total_fen") % PPM * limit // PPM
    over = sums.filter(pl.col("_bad_fen") > line).with_columns(_dragged=reason(
        "contagion", "classification.contagion_over_ppm", limit_ppm=limit, bad_fen=pl.col("_bad_fen"),
        total_fen=pl.col("_total_fen"), level="substandard"))
    dragged = (pl.col("_dragged").is_not_null() & (pl.col("_level") < _BAD)
               & ~pl.col("retail").fill_null(False) & ~pl.col("enhanced").fill_null(False))
    return frame.join(over, on="borrower_id", how="left", maintain_order="left").with_columns(
        _level=pl.when(dragged).then(pl.lit(_BAD, dtype=pl.Int8)).otherwise(pl.col("_level")),
        _dragged=pl.when(dragged).then(pl.col("_dragged")))
