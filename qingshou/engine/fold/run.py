"""Run the fold: from nothing (``replay``), over time (``advance``), and read it at a date (``balances``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from qingshou.engine.daycount import Ints, as_days
from qingshou.engine.fold import report
from qingshou.engine.fold import timeline as tl
from qingshou.engine.fold.columns import BALANCE_COLUMNS, KINDS, complete_terms
from qingshou.engine.fold.duebook import DueBook
from qingshou.engine.fold.state import Accrued, Terms, accrue, fresh, from_carry, in_grace, to_carry
from qingshou.engine.fold.step import First, Record, step
from qingshou.engine.money import MAX_FACTOR, MAX_FEN, PPM, mul_div


@dataclass(frozen=True)
class Replay:
    """What a run gives: the carry (``FOLD_COLUMNS``), how each payment was divided, the printed accrual lines (only
    when asked for), and events that could not act as they stand.

    ``splits.event_id`` is null where held money paid a due when it fell.
    """

    carry: pl.DataFrame
    splits: pl.DataFrame
    lines: pl.DataFrame
    problems: pl.DataFrame


def replay(terms: pl.DataFrame, dues: pl.DataFrame, events: pl.DataFrame, *, as_of: date | pl.Expr,
           lines: bool = False) -> Replay:
    """Fold all events of many loans from their beginning up to *as_of* (a date, or an expression over terms).

    *terms* as in ``complete_terms``; *dues*: ``loan_id, number, due, principal_fen, interest_fen`` (null: by days);
    *events*: ``loan_id, event_id, date, seq, kind, amount_fen, rate_ppm, reverses``. A reversed event is as if it had
    never been. Without a disbursement the whole principal is paid out at ``start``.
    """
    terms = _with_as_of(complete_terms(terms), as_of)
    dues = tl.with_next(dues)
    events, problems = tl.undo_reversals(events)
    events = _with_disbursements(terms, events)
    timeline = tl.build(terms, dues, events)
    ordered = terms[timeline.order]
    _check_bounds(ordered, events)
    first = _first(ordered, dues)
    state = fresh(as_days(ordered["start"]), ordered["rate_ppm"].to_numpy().astype(np.int64))
    stated = (first.plan_fen != tl.NONE).astype(np.int64)
    return _run(state, ordered, first, timeline, stated, lines, problems)


def advance(carry: pl.DataFrame, terms: pl.DataFrame, dues: pl.DataFrame, *, to: date | pl.Expr,
            lines: bool = False) -> Replay:
    """Let time pass over a carry up to *to*: dues fall due, maturity comes; no other events.

    *dues* are those that fall after the carry's ``as_of``; they may come with ``next_due, next_interest_fen`` of the
    row after each (needed when that row is not among them). Equals a replay of the same facts.
    """
    terms = _with_as_of(complete_terms(terms), to)
    if "next_due" not in dues.columns:
        dues = tl.with_next(dues)
    since = terms.select("loan_id").join(carry.select("loan_id", since="as_of"), on="loan_id", how="left",
                                         maintain_order="left")
    terms = terms.with_columns(since["since"])
    happening = terms.select("loan_id", "since")
    dues = dues.join(happening, on="loan_id").filter(pl.col("due") > pl.col("since")).drop("since")
    terms_due = terms.with_columns(
        maturity=pl.when(pl.col("maturity") > pl.col("since")).then(pl.col("maturity")).otherwise(date(9999, 12, 31)))
    timeline = tl.build(terms_due, dues, _no_events())
    ordered = terms[timeline.order]
    placed = ordered.select("loan_id").join(carry, on="loan_id", how="left", maintain_order="left")
    state = from_carry(placed)
    nothing = np.full(len(ordered), tl.NONE, dtype=np.int64)
    stated = ((state["plan_fen"] != tl.NONE) | (state["unapplied_fen"] > 0)).astype(np.int64)
    return _run(state, ordered, First(nothing, nothing, nothing), timeline, stated, lines,
                pl.DataFrame(schema=report.PROBLEM_SCHEMA))


def balances(carry: pl.DataFrame, terms: pl.DataFrame, *, as_of: date | pl.Expr) -> pl.DataFrame:
    """What each loan owes at *as_of* (not before the carry's own date, with nothing falling due in between).

    Adds to the carry: interest, penalty, compound and fee owed (accrued and not paid), the part of interest and
    principal that is overdue, ``overdue_fen`` (all that is due and unpaid) and ``total_owed_fen``.
    """
    terms = _with_as_of(complete_terms(terms), as_of)
    terms = carry.select("loan_id").join(terms, on="loan_id", how="left", maintain_order="left")
    state = from_carry(carry)
    size = carry.height
    stated = (state["plan_fen"] != tl.NONE).astype(np.int64)
    fixed, day = Terms.of(terms, stated), as_days(terms["as_of"])
    accrued = accrue(state, fixed, day, size)
    return carry.with_columns(**_owed(state, accrued, in_grace(state, fixed, day, slice(0, size))), as_of=terms["as_of"])


def _owed(state: dict[str, Ints], accrued: Accrued, spared: npt.NDArray[np.bool_]) -> dict[str, pl.Series]:
    interest = state["interest_closed_fen"] + accrued.interest - state["interest_paid_fen"]
    interest_overdue = np.maximum(state["interest_due_fen"] - state["interest_paid_fen"], 0)
    penalty = np.where(spared, state["penalty_mark_fen"], state["penalty_closed_fen"] + accrued.penalty) \
        - state["penalty_paid_fen"]
    compound = np.where(spared, state["compound_mark_fen"], state["compound_closed_fen"] + accrued.compound) \
        - state["compound_paid_fen"]
    fee = state["fee_charged_fen"] - state["fee_paid_fen"]
    principal_overdue = np.maximum(state["principal_due_fen"] - state["principal_paid_fen"], 0)
    overdue = principal_overdue + interest_overdue + penalty + compound + fee
    total = state["principal_fen"] + interest + penalty + compound + fee
    values = (interest, interest_overdue, penalty, compound, fee, principal_overdue, overdue, total)
    return {name: pl.Series(name, column) for name, column in zip(BALANCE_COLUMNS, values, strict=True)}


def _run(state: dict[str, Ints], ordered: pl.DataFrame, first: First, timeline: tl.Timeline, stated: Ints, lines: bool,
         problems: pl.DataFrame) -> Replay:
    terms = Terms.of(ordered, stated)
    loan_id = ordered["loan_id"].to_numpy().astype(np.int64)
    record = Record(lines=[] if lines else None)
    counts = np.zeros(len(loan_id), dtype=np.int64)
    start = 0
    for size in timeline.sizes:
        counts[:size] += timeline.columns["code"][start:start + size] == tl.DUE
        start += size
    book = DueBook.empty(counts, state)
    start = 0
    for size in timeline.sizes:
        at = {name: values[start:start + size] for name, values in timeline.columns.items()}
        step(state, terms, first, book, record, at, size)
        start += size
    as_of = as_days(ordered["as_of"])
    if record.lines is not None:
        _print_open_lines(state, terms, as_of, record)
    carry = to_carry(state, loan_id, as_of)
    back = np.argsort(timeline.order)
    return Replay(
        carry=carry[back],
        splits=report.splits(record, loan_id),
        lines=report.lines(record, loan_id),
        problems=report.problems(record, loan_id, problems),
    )


def _print_open_lines(state: dict[str, Ints], terms: Terms, as_of: Ints, record: Record) -> None:
    accrued = accrue(state, terms, as_of, len(as_of))
    end = np.minimum(as_of, terms.stops)
    assert record.lines is not None
    open_lines = (("interest", accrued.interest, state["rate_ppm"]), ("penalty", accrued.penalty, accrued.penalty_ppm),
                  ("compound", accrued.compound, accrued.compound_ppm))
    for name, line, rate in open_lines:
        base, start = state[f"{name}_base_fen"], state[f"{name}_from"]
        rows = np.nonzero((base > 0) & (end > start))[0]
        if len(rows):
            record.lines.append((KINDS.index(name), rows, start[rows], end[rows], base[rows], rate[rows], line[rows]))


def _check_bounds(terms: pl.DataFrame, events: pl.DataFrame) -> None:
    """Refuse what could leave 64 bits: amounts, and rates × days at the penalty rate over the whole time.

    Raises OverflowError naming the loan.
    """
    most = events.group_by("loan_id").agg(pl.col("amount_fen").sum(), pl.col("rate_ppm").max().alias("highest_ppm"))
    rate = pl.max_horizontal("rate_ppm", pl.col("highest_ppm").fill_null(0))
    surcharge = pl.max_horizontal("penalty_surcharge_ppm", pl.col("misuse_surcharge_ppm").fill_null(0))
    days = (pl.col("as_of") - pl.col("start")).dt.total_days().clip(lower_bound=0)
    beyond = terms.join(most, on="loan_id", how="left").filter(
        (pl.max_horizontal("principal_fen", pl.col("amount_fen").fill_null(0)) > MAX_FEN)
        | (mul_div(rate, surcharge + PPM, pl.lit(PPM)) * days > MAX_FACTOR))
    if beyond.height:
        raise OverflowError(f"loan {beyond['loan_id'][0]}: amounts, or rate × days, beyond the bounds of exact computation")


def _with_as_of(terms: pl.DataFrame, as_of: date | pl.Expr) -> pl.DataFrame:
    value = as_of if isinstance(as_of, pl.Expr) else pl.lit(as_of, dtype=pl.Date)
    return terms.with_columns(as_of=value)


def _with_disbursements(terms: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    told = events.filter(pl.col("kind") == "disbursement").select("loan_id").unique()
    silent = terms.join(told, on="loan_id", how="anti").select(
        "loan_id", event_id=pl.lit(tl.NONE, dtype=pl.Int64), date=pl.col("start"), seq=pl.lit(tl.NONE, dtype=pl.Int64),
        kind=pl.lit("disbursement"), amount_fen=pl.col("principal_fen").cast(pl.Int64),
        rate_ppm=pl.lit(None, dtype=pl.Int64))
    columns = silent.columns
    return pl.concat([events.select(columns).cast(silent.schema), silent])


def _no_events() -> pl.DataFrame:
    return pl.DataFrame(schema={"loan_id": pl.Int64, "event_id": pl.Int64, "date": pl.Date, "seq": pl.Int64,
                                "kind": pl.String, "amount_fen": pl.Int64, "rate_ppm": pl.Int64})


def _first(ordered: pl.DataFrame, dues: pl.DataFrame) -> First:
    begins = dues.group_by("loan_id").agg(
        pl.col("interest_fen").sort_by("due", "number").first(), pl.col("due").min().alias("first_due"),
        pl.col("principal_fen").sum().alias("scheduled_fen"))
    placed = ordered.select("loan_id", "start").join(begins, on="loan_id", how="left", maintain_order="left")
    days = placed.select((pl.col("first_due") - pl.col("start")).dt.total_days().fill_null(0)).to_series()
    return First(
        placed["interest_fen"].cast(pl.Int64).fill_null(tl.NONE).to_numpy(),
        days.cast(pl.Int64).to_numpy(), placed["scheduled_fen"].cast(pl.Int64).fill_null(0).to_numpy(),
    )
