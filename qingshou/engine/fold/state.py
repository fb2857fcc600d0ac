"""The state of many loans as integer arrays, and what they owe at a moment.

Rows stand in the timeline's order. ``DAY_MIN`` stands for a missing date, ``NONE`` for a missing stated interest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from qingshou.engine import daycount
from qingshou.engine.daycount import Ints, as_days
from qingshou.engine.fold.columns import FOLD_COLUMNS, KINDS
from qingshou.engine.fold.timeline import NONE
from qingshou.engine.money import PPM, mul_div

DAY_MIN = np.iinfo(np.int64).min
NEVER = np.int64(2**40)  # a day that does not come
COMPOUNDS = ("none", "monthly", "quarterly")


@dataclass
class Terms:
    """What does not change while folding, by row."""

    contract_ppm: Ints
    surcharge_ppm: Ints
    basis: Ints
    maturity: Ints
    compounds: Ints  # 1 where unpaid interest bears compound interest
    compound_at_penalty_in_term: Ints
    grace_days: Ints
    orders: list[tuple[int, ...]]  # distinct orders, as indexes of KINDS
    interest_first: npt.NDArray[np.bool_]  # of each order: whether interest comes before principal
    order: Ints  # index into orders
    order_late: Ints
    late_after: Ints
    stops: Ints
    holds_excess: Ints  # 1 hold, 0 prepay

    @classmethod
    def of(cls, terms: pl.DataFrame, stated: Ints) -> Terms:
        """From a complete terms frame; *stated* marks rows whose instalments state their interest."""
        surcharge = terms["penalty_surcharge_ppm"].to_numpy().astype(np.int64)
        misuse = terms.select(
            pl.when(pl.col("misused")).then(pl.col("misuse_surcharge_ppm").fill_null(0)).otherwise(0)
        ).to_series().to_numpy().astype(np.int64)
        names = pl.concat([terms["order"], terms["order_late"].drop_nulls()]).unique(maintain_order=True).to_list()
        orders = [_parse_order(name) for name in names]
        index = {name: number for number, name in enumerate(names)}
        order = terms["order"].replace_strict(index, return_dtype=pl.Int64).to_numpy()
        late = terms["order_late"].fill_null(terms["order"]).replace_strict(index, return_dtype=pl.Int64).to_numpy()
        excess = terms["excess"]
        holds = np.where(excess.is_null().to_numpy(), stated, (excess == "hold").fill_null(False).to_numpy())
        return cls(
            contract_ppm=terms["rate_ppm"].to_numpy().astype(np.int64),
            surcharge_ppm=np.maximum(surcharge, misuse),  # both overdue and misused: the heavier, never both
            basis=terms["basis"].replace_strict({name: n for n, name in enumerate(daycount.BASES)},
                                                return_dtype=pl.Int64).to_numpy(),
            maturity=as_days(terms["maturity"]),
            compounds=(terms["compound"] != "none").to_numpy().astype(np.int64),
            compound_at_penalty_in_term=(terms["compound_rate_in_term"] == "penalty").to_numpy().astype(np.int64),
            grace_days=terms["penalty_grace_days"].to_numpy().astype(np.int64),
            orders=orders, order=order,
            interest_first=np.array([names.index(KINDS.index("interest")) < names.index(KINDS.index("principal"))
                                     for names in orders]),
            order_late=late,
            late_after=terms["late_after_days"].fill_null(int(NEVER)).to_numpy().astype(np.int64),
            stops=np.where(terms["accrual_stops_on"].is_null().to_numpy(), NEVER, as_days(terms["accrual_stops_on"])),
            holds_excess=holds.astype(np.int64),
        )


def _parse_order(name: str) -> tuple[int, ...]:
    kinds = name.split(",")
    if sorted(kinds) != sorted(KINDS):
        raise ValueError(f"an order names each of {', '.join(KINDS)} once, not {name!r}")
    return tuple(KINDS.index(kind) for kind in kinds)


CARRY = tuple(name for name in FOLD_COLUMNS if name not in ("loan_id", "as_of"))
_DATES = frozenset(name for name in CARRY if FOLD_COLUMNS[name] == pl.Date)
_NULLABLE = {"plan_fen": NONE, "plan_days": 0}


def fresh(start: Ints, rate_ppm: Ints) -> dict[str, Ints]:
    """The state of loans before anything has happened."""
    state = {name: np.zeros(len(start), dtype=np.int64) for name in CARRY}
    for name in ("interest_from", "penalty_from", "compound_from", "paid_up_since"):
        state[name] = start.copy()
    state["rate_ppm"] = rate_ppm.copy()
    state["plan_fen"][:] = NONE
    state["next_due_number"][:] = 1
    state["oldest_unpaid_due"][:] = DAY_MIN
    return state


def from_carry(carry: pl.DataFrame) -> dict[str, Ints]:
    """The state that a carry frame holds, row by row."""
    state = {}
    for name in CARRY:
        column = carry[name]
        if name in _DATES:
            state[name] = as_days(column).copy()
        else:
            state[name] = column.cast(pl.Int64).fill_null(_NULLABLE.get(name, 0)).to_numpy().copy()
    return state


def to_carry(state: dict[str, Ints], loan_id: Ints, as_of: Ints) -> pl.DataFrame:
    """The carry frame of a state (columns ``FOLD_COLUMNS``)."""
    columns = {"loan_id": pl.Series(loan_id), "as_of": _dates(as_of)}
    for name in CARRY:
        values = state[name]
        if name in _DATES:
            columns[name] = _dates(values)
        elif name in _NULLABLE:
            columns[name] = pl.Series(name, values).set(pl.Series(state["plan_fen"] == NONE), None)
        else:
            columns[name] = pl.Series(name, values)
    return pl.DataFrame(columns).cast(pl.Schema(FOLD_COLUMNS))


def _dates(days: Ints) -> pl.Series:
    missing = days == DAY_MIN
    series = pl.Series(np.where(missing, 0, days)).cast(pl.Int32).cast(pl.Date)
    return series.set(pl.Series(missing), None) if missing.any() else series


def penalty_rate(rate_ppm: Ints, surcharge_ppm: Ints) -> Ints:
    """Contract rate and surcharge: rate × (1 + surcharge), half up to a millionth (银发〔2003〕251号)."""
    return mul_div(rate_ppm, surcharge_ppm + PPM, np.full_like(rate_ppm, PPM))


def in_grace(state: dict[str, Ints], terms: Terms, day: Ints, part: slice) -> npt.NDArray[np.bool_]:
    """Whether the running delay is within the days of grace: its penalty and compound are not yet owed."""
    oldest = state["oldest_unpaid_due"][part]
    grace = terms.grace_days[part]
    return (grace > 0) & (oldest != DAY_MIN) & (day - oldest <= grace)


@dataclass
class Accrued:
    """What the open lines have earned up to a day, by row; days and rates for printing them."""

    interest: Ints
    penalty: Ints
    compound: Ints
    penalty_ppm: Ints
    compound_ppm: Ints


def accrue(state: dict[str, Ints], terms: Terms, day: Ints, size: int) -> Accrued:
    """Interest on performing principal, penalty on overdue principal, compound on unpaid interest, since each line's
    start, each rounded once. Nothing accrues after ``stops`` (企业破产法 art. 46)."""
    part = slice(0, size)
    end = np.minimum(day, terms.stops[part])
    basis = terms.basis[part]
    rate = state["rate_ppm"][part]
    penalty_ppm = penalty_rate(rate, terms.surcharge_ppm[part])
    matured = day > terms.maturity[part]  # at maturity itself the line that ends there is still the contract's
    compound_ppm = np.where(matured | (terms.compound_at_penalty_in_term[part] == 1), penalty_ppm, rate)

    plan = state["plan_fen"][part]
    start = state["interest_from"][part]
    days = np.maximum(daycount.days_between(start, end, basis), 0)
    interest = daycount.interest_columns(state["interest_base_fen"][part], rate, days, basis)
    stated = plan != NONE
    if stated.any():
        elapsed = np.maximum(end - start, 0)
        period = np.maximum(state["plan_days"][part], 1)
        interest = np.where(stated, mul_div(np.maximum(plan, 0), elapsed, period), interest)
    penalty = _line(state["penalty_from"][part], end, state["penalty_base_fen"][part], penalty_ppm, basis)
    compound = _line(state["compound_from"][part], end, state["compound_base_fen"][part], compound_ppm, basis)
    return Accrued(interest, penalty, compound, penalty_ppm, compound_ppm)


def _line(start: Ints, end: Ints, base: Ints, rate: Ints, basis: Ints) -> Ints:
    if not base.any():
        return np.zeros_like(base)
    days = np.maximum(daycount.days_between(start, end, basis), 0)
    return daycount.interest_columns(base, rate, days, basis)
