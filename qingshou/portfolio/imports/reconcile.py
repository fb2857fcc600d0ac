"""对账 (P5): what we derive for a loan at a date beside what the core system says, kind by kind, and why they differ.

Ours is folded from the events up to that date, whatever the bank's date is. The cause says what the figures show and no
more: money that one side has and the other lacks, the same money divided differently, accruals alone, fees alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from qingshou.engine.day.book import LOANS
from qingshou.engine.day.ledger import with_terms
from qingshou.engine.fold import balances, replay, settlement_dues
from qingshou.policy import Rules
from qingshou.portfolio import frames
from qingshou.portfolio.imports.canonical import BALANCE
from qingshou.portfolio.imports.loading.context import Load, numbered, without
from qingshou.portfolio.imports.loading.loans import known_loans
from qingshou.portfolio.models import Reconciliation

KINDS = ("principal", "interest", "penalty", "compound", "fee")
LOANS_AT_ONCE = 50_000
_OURS = {"principal": "principal_fen", "interest": "interest_owed_fen", "penalty": "penalty_owed_fen",
         "compound": "compound_owed_fen", "fee": "fee_owed_fen"}
_COLUMNS = [f"{side}_{kind}_fen" for side in ("ours", "theirs") for kind in KINDS]
Cause = Reconciliation.Cause


def reconcile(load: Load, chunk: pl.DataFrame, rules: Rules, batch_id: int) -> pl.DataFrame:
    """Compare a chunk of balances; store what is news. Returns all comparisons (``loan_id, date, cause, difference_fen``)."""
    rows = chunk.join(known_loans(load, chunk["loan_no"]), on="loan_no", how="left", maintain_order="left")
    orphans = rows.filter(pl.col("loan_id").is_null())
    load.refuse(orphans, BALANCE, "loan_no", "no_loan")
    early = without(rows, orphans).filter(pl.col("date") < pl.col("loan_start"))
    load.refuse(early, BALANCE, "date", "before_start", parameters=[{"start": day} for day in early["loan_start"]])
    rows = without(without(rows, orphans), early)
    if rows.is_empty():
        return pl.DataFrame(schema={"loan_id": pl.Int64, "date": pl.Date, "cause": pl.String, "difference_fen": pl.Int64})
    theirs = rows.select("loan_id", "date", theirs_principal_fen="principal_fen", theirs_interest_fen="interest_fen",
                         theirs_penalty_fen="penalty_fen", theirs_compound_fen="compound_fen", theirs_fee_fen="fees_fen")
    compared = compare(theirs.join(_ours(load, theirs, rules), on=["loan_id", "date"], maintain_order="left"),
                       rounding_fen=rules["reconciliation.rounding_fen"])
    news = _news(load, compared)
    load.of("balance").new += news.height
    load.of("balance").unchanged += compared.height - news.height
    load.session.append(Reconciliation, numbered(news.select(
        "loan_id", "date", *_COLUMNS, "difference_fen", "cause", batch_id=pl.lit(batch_id, dtype=pl.Int64)),
        load.session.next_id(Reconciliation)))
    return compared.select("loan_id", "date", "cause", "difference_fen")


def compare(pairs: pl.DataFrame, *, rounding_fen: int) -> pl.DataFrame:
    """Pairs (``ours_..._fen, theirs_..._fen`` by kind) with ``difference_fen`` (ours less theirs, in all) and ``cause``."""
    differ = {kind: pl.col(f"ours_{kind}_fen") - pl.col(f"theirs_{kind}_fen") for kind in KINDS}
    off = {kind: difference.abs() > rounding_fen for kind, difference in differ.items()}
    total = pl.sum_horizontal(list(differ.values()))
    accruals = off["interest"] | off["penalty"] | off["compound"]
    cause = (
        pl.when(pl.all_horizontal([difference == 0 for difference in differ.values()])).then(pl.lit(str(Cause.AGREES)))
        .when(~pl.any_horizontal(list(off.values()))).then(pl.lit(str(Cause.ROUNDING)))
        .when(total.abs() <= rounding_fen).then(pl.lit(str(Cause.ALLOCATION)))  # the same money, divided differently
        .when(off["principal"]).then(pl.lit(str(Cause.MISSING_EVENT)))  # money that only one side knows of
        .when(off["fee"] & ~accruals).then(pl.lit(str(Cause.FEE)))
        .when(accruals & ~off["fee"]).then(pl.lit(str(Cause.RATE)))
        .otherwise(pl.lit(str(Cause.UNKNOWN))))
    return pairs.with_columns(difference_fen=total, cause=cause)


def _ours(load: Load, asked: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """What we derive for each (loan, date) asked: ``loan_id, date, ours_..._fen``."""
    pieces = [_derive(load, part, rules) for part in _parts(asked.select("loan_id", "date"))]
    return pl.concat(pieces)


def _parts(asked: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Parts in which each loan stands once."""
    turned = asked.with_columns(turn=pl.int_range(pl.len()).over("loan_id"))
    for _, part in turned.group_by("turn", maintain_order=True):
        for start in range(0, part.height, LOANS_AT_ONCE):
            yield part.drop("turn").slice(start, LOANS_AT_ONCE)


def _derive(load: Load, asked: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    households = load.find(asked["loan_id"], "SELECT DISTINCT l.household_id FROM import_keys k JOIN portfolio_loan l "
                           "ON l.id = k.key", {"household_id": pl.Int64})["household_id"]
    loans = frames.read_loans(load.session, frames.Scope.of(load.session, households.to_list())).select(list(LOANS))
    terms = with_terms(loans.join(asked, on="loan_id"), rules)
    last = asked["date"].max()
    assert last is not None
    events, dues = frames.read_history(load.session, terms, last)  # type: ignore[arg-type]
    dues = dues.drop("next_due", "next_interest_fen")
    unplanned = terms.join(dues, on="loan_id", how="anti")
    dues = pl.concat([dues, settlement_dues(unplanned, settlement_day=rules["interest.settlement_day"]).cast(dues.schema)])
    known = events.join(asked, on="loan_id", suffix="_asked").filter(pl.col("date") <= pl.col("date_asked"))
    run = replay(terms, dues, known.with_columns(seq=pl.col("event_id")), as_of=pl.col("date"))
    owed = balances(run.carry, terms, as_of=pl.col("date"))
    return owed.select("loan_id", date="as_of", **{f"ours_{kind}_fen": pl.col(name) for kind, name in _OURS.items()})


def _news(load: Load, compared: pl.DataFrame) -> pl.DataFrame:
    """Comparisons that the newest stored one of the same loan and date does not already say."""
    names = ", ".join(f"r.{name}" for name in _COLUMNS)
    stored = load.find(
        compared["loan_id"], f"SELECT r.loan_id, r.date, {names} FROM portfolio_reconciliation r JOIN "
        "(SELECT MAX(x.id) AS id FROM import_keys k JOIN portfolio_reconciliation x ON x.loan_id = k.key "
        "GROUP BY x.loan_id, x.date) newest ON newest.id = r.id",
        {"loan_id": pl.Int64, "date": pl.Date, **dict.fromkeys(_COLUMNS, pl.Int64)})
    return compared.join(stored, on=["loan_id", "date", *_COLUMNS], how="anti", maintain_order="left")
