"""Priority (S5): what an hour spent on a household today is expected to add, and why, in words.

A household's place is the marginal value of a contact per hour of work, not its balance: who pays anyway gains little
from a call, who hesitates gains most. All figures are bank parameters in ``policy/*/priority.toml``.
"""

from __future__ import annotations

import polars as pl

from qingshou.engine.money import PPM, mul_div
from qingshou.engine.reasons import listed, reason
from qingshou.policy import Rules

OPTIONAL: dict[str, pl.DataType | type[pl.DataType]] = {
    "segment": pl.String, "ability": pl.String, "willingness": pl.String, "guarantee": pl.String,
    "last_contact_on": pl.Date, "last_contact_outcome": pl.String, "promise_due": pl.Date, "promise_fen": pl.Int64,
    "broken_promises": pl.Int64, "next_channel": pl.String, "public_servant": pl.Boolean, "deadline_on": pl.Date,
    "held_by": pl.String, "total_owed_fen": pl.Int64,
}


def rank(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """*frame* with ``expected_fen_per_hour`` (what a contact today adds), ``minutes`` (what it costs), ``score`` (the
    queue's order, greater first) and ``reasons``. Rows keep their order.

    In: ``household_id, as_of, overdue_fen, dpd, stage``; optional (null or missing: unknown) ``total_owed_fen, segment,
    ability, willingness, guarantee, last_contact_on, last_contact_outcome, promise_due, promise_fen, broken_promises,
    next_channel, public_servant, deadline_on`` (the next legal deadline)``, held_by``.
    """
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in OPTIONAL.items() if name not in frame.columns]
    work = frame.with_columns(*missing).with_columns(
        *[pl.col(name).cast(kind) for name, kind in OPTIONAL.items()], pl.col("overdue_fen").cast(pl.Int64))
    work = work.with_columns(
        _minutes=_by(pl.col("next_channel"), rules["priority.minutes"]),
        _own=_own_means(rules),
        _lift=_lift(rules), _stage=_by(pl.col("stage"), rules["priority.stage"]),
        _segment=_by(pl.col("segment"), rules["priority.segment"]), _fresh=_freshness(rules),
        _due_days=(pl.col("promise_due") - pl.col("as_of")).dt.total_days(),
        _deadline_days=(pl.col("deadline_on") - pl.col("as_of")).dt.total_days())
    work = work.with_columns(_guarantor=_guarantor(rules))
    work = work.with_columns(_stake=_share(pl.col("overdue_fen"), pl.max_horizontal("_own", "_guarantor")))
    gain = pl.col("_stake")
    for factor in ("_lift", "_stage", "_segment", "_fresh"):
        gain = _share(gain, pl.col(factor))
    kept = _share(pl.min_horizontal("promise_fen", "overdue_fen").fill_null(0),
                  pl.when(_promise_day(rules)).then(pl.lit(int(rules["priority.promise_reminder_ppm"]))).otherwise(0))
    at_risk = _share(pl.col("total_owed_fen").fill_null(pl.col("overdue_fen")),
                     pl.when(_deadline_near(rules)).then(pl.lit(int(rules["priority.deadline_value_ppm"]))).otherwise(0))
    work = work.with_columns(_gain=gain + kept + at_risk)
    work = work.with_columns(_per_hour=mul_div(pl.col("_gain"), pl.lit(60), pl.col("_minutes")))
    work = work.with_columns(_score=_score(rules))
    return frame.with_columns(score=work["_score"], expected_fen_per_hour=work["_per_hour"], minutes=work["_minutes"],
                              reasons=work.select(_reasons(rules)).to_series())


def _by(column: pl.Expr, table: dict[str, int]) -> pl.Expr:
    """Value by code; what is unknown or not in the table has the value of ``other``."""
    return column.replace_strict(table, default=table["other"], return_dtype=pl.Int64).fill_null(table["other"])


def _share(fen: pl.Expr, ppm: pl.Expr) -> pl.Expr:
    return mul_div(fen, ppm, pl.lit(PPM))


def _lift(rules: Rules) -> pl.Expr:
    """How much a contact raises the chance of payment, by willingness and ability."""
    table = rules["priority.contact_lift"]
    lift = pl.lit(None, dtype=pl.Int64)
    for row in reversed(table):
        agrees = pl.lit(True)
        for name in ("willingness", "ability"):
            if row[name] != "*":
                agrees = agrees & (pl.col(name) == row[name]).fill_null(False)
        lift = pl.when(agrees).then(row["lift_ppm"]).otherwise(lift)
    return lift


def _own_means(rules: Rules) -> pl.Expr:
    """The part of what is overdue that the debtor can pay; with a steady wage also where ability is not known."""
    wage = pl.col("public_servant").fill_null(False) & ~pl.col("ability").is_in(["sufficient", "partial", "none"]).fill_null(
        False)
    return pl.when(wage).then(int(rules["priority.steady_income_ppm"])).otherwise(
        _by(pl.col("ability"), rules["priority.collectible"]))


def _guarantor(rules: Rules) -> pl.Expr:
    """The part that can come from the guarantor or the collateral."""
    return pl.when((pl.col("guarantee") == "effective").fill_null(False)).then(
        int(rules["priority.guarantee_collectible_ppm"])).otherwise(0)


def _freshness(rules: Rules) -> pl.Expr:
    """A household contacted a moment ago gains less from another contact; one long not contacted gains in full."""
    days = (pl.col("as_of") - pl.col("last_contact_on")).dt.total_days()
    share = pl.lit(PPM, dtype=pl.Int64)
    for row in sorted(rules["priority.freshness"], key=lambda row: row["within_days"], reverse=True):
        share = pl.when(days <= row["within_days"]).then(row["share_ppm"]).otherwise(share)
    return share


def _promise_day(rules: Rules) -> pl.Expr:
    return pl.col("_due_days").is_between(0, int(rules["priority.promise_within_days"])).fill_null(False)


def _deadline_near(rules: Rules) -> pl.Expr:
    return pl.col("_deadline_days").is_between(0, int(rules["priority.deadline_within_days"])).fill_null(False)


def _score(rules: Rules) -> pl.Expr:
    lifted = pl.col("_per_hour")
    for near, key in ((_promise_day(rules), "promise_factor"), (_deadline_near(rules), "deadline_factor")):
        lifted = pl.when(near).then(lifted * int(rules[f"priority.{key}"])).otherwise(lifted)
    held = pl.col("held_by").fill_null("") != ""
    only_promise = pl.col("held_by") == "promise"
    return pl.when(held & ~(only_promise & _promise_day(rules)) & ~_deadline_near(rules)).then(0).otherwise(lifted)


def _reasons(rules: Rules) -> pl.Expr:
    due, deadline = pl.col("_due_days"), pl.col("_deadline_days")
    waited = (pl.col("as_of") - pl.col("last_contact_on")).dt.total_days()
    return listed(
        pl.when(pl.col("held_by").fill_null("") != "").then(reason("held", "paths.holds", held_code=pl.col("held_by"))),
        pl.when(_deadline_near(rules)).then(reason("deadline", "priority.deadline_within_days", days=deadline)),
        pl.when(due == 0).then(reason("promise_today", "priority.promise_within_days", promise_fen=pl.col("promise_fen"))),
        pl.when(_promise_day(rules) & (due > 0)).then(reason(
            "promise_soon", "priority.promise_within_days", days=due, promise_fen=pl.col("promise_fen"))),
        reason("value", "priority.contact_lift", overdue_fen=pl.col("overdue_fen"), lift_ppm=pl.col("_lift"),
               per_hour_fen=pl.col("_per_hour"), minutes=pl.col("_minutes")),
        pl.when(pl.col("ability").is_in(["sufficient", "partial"]) & (pl.col("willingness") == "unwilling")).then(
            reason("can_but_will_not", "priority.contact_lift")),
        pl.when((pl.col("ability") == "sufficient") & (pl.col("willingness") == "willing")).then(
            reason("pays_anyway", "priority.contact_lift")),
        pl.when(pl.col("guarantee") == "effective").then(reason("guarantee", "priority.guarantee_collectible_ppm")),
        pl.when(pl.col("broken_promises") > 0).then(
            reason("broken", "priority.promise_within_days", count=pl.col("broken_promises"))),
        pl.when(pl.col("public_servant")).then(reason("public_servant", "priority.steady_income_ppm")),
        pl.when(pl.col("last_contact_on").is_null()).then(reason("never_contacted", "priority.freshness"))
        .when(waited <= max(row["within_days"] for row in rules["priority.freshness"])).then(
            reason("lately", "priority.freshness", days=waited)),
        pl.when(pl.col("stage").is_in(["early", "middle"])).then(
            reason("early_stage", "priority.stage", stage=pl.col("stage"), dpd=pl.col("dpd"))),
    )
