"""The portfolio in columns: bulk reads and writes for day end and refresh.

Every function takes a ``store.bulk.Session`` (or ``store.inline.Inline``, the same over Django's connection) and a
:class:`Scope`: whose rows. Columns are those that ``engine.day`` names; ids are the tables' own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from qingshou.engine.day.book import DECISIONS, DUES, EVENTS, HOUSEHOLDS, LOANS, OPENING, PAYMENTS
from qingshou.engine.day.states import LAST_CONTACT, LOAN_CARRY
from qingshou.portfolio.models import AllocationLine, HouseholdState, LevelChange, LoanState
from qingshou.store.bulk import Session

SCOPED = "scoped_households"  # temporary tables of the session
FOLDED = "folded_loans"
ASKED = "asked_households"
BAD = "('substandard', 'doubtful', 'loss')"


@dataclass(frozen=True)
class Scope:
    """Which households: all, those with ids from *first* to *last*, or those staged in ``SCOPED``."""

    first: int | None = None
    last: int | None = None
    staged: bool = False

    def where(self, column: str) -> str:
        """SQL that holds for a household's id in *column*."""
        if self.staged:
            return f"{column} IN (SELECT household_id FROM {SCOPED})"
        if self.first is None:
            return "1 = 1"
        return f"{column} BETWEEN {int(self.first)} AND {int(self.last or self.first)}"

    @classmethod
    def of(cls, session: Session, household_ids: list[int]) -> Scope:
        """The households given; stages them."""
        session.stage(SCOPED, pl.DataFrame({"household_id": sorted(set(household_ids))}, schema={"household_id": pl.Int64}))
        return cls(staged=True)


def _select(types: dict[str, Any], **renamed: str) -> str:
    return ", ".join(f'{renamed[name]} AS "{name}"' for name in types)


def read_loans(session: Session, scope: Scope) -> pl.DataFrame:
    """The contracts, by household and loan (``LOANS``, and ``product, branch``). A debtor who is a person is judged as
    retail."""
    types = {**LOANS, "product": pl.String, "branch": pl.String}
    renamed = {"loan_id": "l.id", "start": "l.starts_on", "maturity": "l.matures_on", "retail": "(p.kind = 'person')"}
    columns = _select(types, **{name: f"l.{name}" for name in types} | renamed)
    return session.read(f"SELECT {columns} FROM portfolio_loan l JOIN portfolio_party p ON p.id = l.borrower_id "
                        f"WHERE {scope.where('l.household_id')} ORDER BY l.household_id, l.id", types)


def read_loan_states(session: Session, scope: Scope) -> pl.DataFrame:
    """What the next day needs of the states that the last run left (``LOAN_CARRY``)."""
    columns = _select(LOAN_CARRY, **{name: f"s.{name}" for name in LOAN_CARRY})
    if scope == Scope():
        return session.read(f"SELECT {columns} FROM portfolio_loanstate s", LOAN_CARRY)
    return session.read(f"SELECT {columns} FROM portfolio_loanstate s JOIN portfolio_loan l ON l.id = s.loan_id "
                        f"WHERE {scope.where('l.household_id')}", LOAN_CARRY)


def read_households(session: Session, scope: Scope) -> pl.DataFrame:
    """Households with what paths and priority ask (``HOUSEHOLDS`` but the promises, and ``unit_id``), by id."""
    types = {name: kind for name, kind in HOUSEHOLDS.items() if name not in ("broken_promises", "has_guarantor")}
    types["unit_id"] = pl.Int64
    frame = session.read(
        f"SELECT h.id AS household_id, h.unit_id, h.custodian_id, p.kind, p.public_servant FROM portfolio_household h "
        f"JOIN portfolio_party p ON p.id = h.borrower_id WHERE {scope.where('h.id')} ORDER BY h.id", types)
    guaranteed = session.read(
        f"SELECT DISTINCT l.household_id FROM portfolio_guarantee g JOIN portfolio_loan l ON l.id = g.loan_id "
        f"WHERE {scope.where('l.household_id')}", {"household_id": pl.Int64})
    return frame.with_columns(has_guarantor=pl.col("household_id").is_in(guaranteed["household_id"].implode()))


def read_household_states(session: Session, scope: Scope) -> pl.DataFrame:
    """What the next day needs of the states that the last run left (``LAST_CONTACT``)."""
    columns = ", ".join(f'"{name}"' for name in LAST_CONTACT)
    return session.read(f"SELECT {columns} FROM portfolio_householdstate WHERE {scope.where('household_id')}", LAST_CONTACT)


def read_changed(session: Session, scope: Scope, day: date, *, closed: date, event_id: int,
                 instalment_id: int) -> pl.DataFrame:
    """Loans with events or schedule rows that their states do not know (``loan_id``): recorded after *event_id* and
    *instalment_id*, or dated after *closed*, up to *day*."""
    mine = "" if scope == Scope() else (f" AND loan_id IN (SELECT id FROM portfolio_loan WHERE "
                                        f"{scope.where('household_id')})")
    found = session.read(
        f"SELECT loan_id FROM portfolio_ledgerevent WHERE id > ? AND date <= ?{mine} "
        f"UNION SELECT loan_id FROM portfolio_ledgerevent WHERE date > ? AND date <= ?{mine} "
        f"UNION SELECT loan_id FROM portfolio_instalment WHERE id > ?{mine}",
        {"loan_id": pl.Int64}, [event_id, day, closed, day, instalment_id])
    return found.sort("loan_id")


def read_history(session: Session, loans: pl.DataFrame, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All events up to *day* and the whole schedule in force of the loans in *loans* (``loan_id``): ``EVENTS, DUES``."""
    events, dues = {name: EVENTS[name] for name in EVENTS}, {name: DUES[name] for name in list(DUES)[:5]}
    if loans.is_empty():
        return pl.DataFrame(schema=events), pl.DataFrame(schema=dict(DUES))
    session.stage(FOLDED, loans.select("loan_id"))
    columns = _select(events, **{name: f"e.{name}" for name in events} | {"event_id": "e.id", "reverses": "e.reverses_id"})
    found = session.read(f"SELECT {columns} FROM {FOLDED} f JOIN portfolio_ledgerevent e ON e.loan_id = f.loan_id "
                         f"WHERE e.date <= ?", events, [day])
    columns = _select(dues, **{name: f"i.{name}" for name in dues})
    schedule = session.read(
        f"SELECT {columns} FROM {FOLDED} f JOIN portfolio_loan l ON l.id = f.loan_id JOIN portfolio_instalment i "
        f"ON i.loan_id = l.id AND i.version = l.schedule_version", dues)
    return found.sort("loan_id", "date", "event_id"), schedule.with_columns(
        next_due=pl.lit(None, dtype=pl.Date), next_interest_fen=pl.lit(None, dtype=pl.Int64))


def read_dues(session: Session, scope: Scope, *, after: date, upto: date) -> pl.DataFrame:
    """What falls due after *after* and up to *upto* by the schedules in force, each with the row after it (``DUES``)."""
    columns = _select(dict(DUES), **{name: f"i.{name}" for name in DUES}
                      | {"next_due": "n.due", "next_interest_fen": "n.interest_fen"})
    return session.read(
        f"SELECT {columns} FROM portfolio_instalment i "
        f"JOIN portfolio_loan l ON l.id = i.loan_id AND l.schedule_version = i.version "
        f"LEFT JOIN portfolio_instalment n ON n.id = (SELECT x.id FROM portfolio_instalment x "
        f"WHERE x.loan_id = i.loan_id AND x.version = i.version AND (x.due, x.number) > (i.due, i.number) "
        f"ORDER BY x.due, x.number LIMIT 1) "
        f"WHERE i.due > ? AND i.due <= ? AND {scope.where('l.household_id')}", dict(DUES), [after, upto])


def read_decisions(session: Session, scope: Scope, day: date) -> pl.DataFrame:
    """People's decisions on classes up to *day* (``DECISIONS``)."""
    columns = _select(dict(DECISIONS), **{name: f"d.{name}" for name in DECISIONS} | {"decision_id": "d.id"})
    return session.read(f"SELECT {columns} FROM portfolio_leveldecision d JOIN portfolio_loan l ON l.id = d.loan_id "
                        f"WHERE d.decided_on <= ? AND {scope.where('l.household_id')}", dict(DECISIONS), [day])


def read_opening(session: Session, scope: Scope, day: date, *, loan_id: int) -> pl.DataFrame:
    """Level, and since when bad, at the end of the day before *day* of the loans whose state was derived again on *day*
    or later (``OPENING``), from the changes written down. Loans up to *loan_id* had been classed by then: those without a
    change are normal."""
    session.execute("DROP TABLE IF EXISTS opened_loans")
    session.execute(f"CREATE TEMPORARY TABLE opened_loans AS SELECT s.loan_id FROM portfolio_loanstate s "
                    f"JOIN portfolio_loan l ON l.id = s.loan_id WHERE s.as_of >= '{day.isoformat()}' "
                    f"AND {scope.where('l.household_id')}")
    told = session.read(
        "SELECT o.loan_id, c.id, c.date, c.before, c.after FROM opened_loans o "
        "LEFT JOIN portfolio_levelchange c ON c.loan_id = o.loan_id AND c.date < ?",
        {"loan_id": pl.Int64, "id": pl.Int64, "date": pl.Date, "before": pl.String, "after": pl.String}, [day])
    told = told.sort("loan_id", "date", "id", nulls_last=True)
    bad = ["substandard", "doubtful", "loss"]
    turned = pl.col("after").is_in(bad) & ~pl.col("before").is_in(bad)
    level = pl.coalesce(pl.col("after").last(), pl.when(pl.col("loan_id").last() <= loan_id).then(pl.lit("normal")))
    opening = told.group_by("loan_id", maintain_order=True).agg(
        level=level, bad_since=pl.when(level.is_in(bad)).then(pl.col("date").filter(turned).last()))
    return opening.select(list(OPENING)).cast(dict(OPENING))  # type: ignore[arg-type]


def read_levels_on(session: Session, day: date) -> pl.DataFrame:
    """The level written down last on or before *day*: ``loan_id, level``."""
    told = session.read("SELECT loan_id, id, date, after AS level FROM portfolio_levelchange WHERE date <= ?",
                        {"loan_id": pl.Int64, "id": pl.Int64, "date": pl.Date, "level": pl.String}, [day])
    return told.sort("loan_id", "date", "id").group_by("loan_id", maintain_order=True).last().select("loan_id", "level")


def read_payments(session: Session, households: pl.DataFrame, *, since: date, day: date) -> pl.DataFrame:
    """What the households given paid from *since* to *day* (``PAYMENTS``); what was reversed by then left out."""
    if households.is_empty():
        return pl.DataFrame(schema=dict(PAYMENTS))
    session.stage(ASKED, households.select("household_id"))
    return session.read(
        f"SELECT l.household_id, e.date, e.amount_fen FROM {ASKED} a JOIN portfolio_loan l "
        f"ON l.household_id = a.household_id JOIN portfolio_ledgerevent e ON e.loan_id = l.id AND e.date >= ? AND e.date <= ? "
        f"WHERE e.kind IN ('repayment', 'recovery') AND e.amount_fen IS NOT NULL AND NOT EXISTS ("
        f"SELECT 1 FROM portfolio_ledgerevent r WHERE r.reverses_id = e.id AND r.date <= ?)",
        dict(PAYMENTS), [since, day, day])


def write_loan_states(session: Session, scope: Scope, states: pl.DataFrame) -> None:
    """Replace the loans' states."""
    if scope == Scope():
        session.execute("DELETE FROM portfolio_loanstate")
    else:
        session.execute(f"DELETE FROM portfolio_loanstate WHERE loan_id IN (SELECT id FROM portfolio_loan WHERE "
                        f"{scope.where('household_id')})")
    session.append(LoanState, states.sort("loan_id"))


def write_household_states(session: Session, scope: Scope, states: pl.DataFrame) -> None:
    """Replace the households' states."""
    session.execute("DELETE FROM portfolio_householdstate"
                    + ("" if scope == Scope() else f" WHERE {scope.where('household_id')}"))
    session.append(HouseholdState, states.sort("household_id"))


def write_allocation(session: Session, folded: pl.DataFrame, splits: pl.DataFrame) -> None:
    """Replace how the payments of the *folded* loans (``loan_id``) were divided."""
    if folded.is_empty():
        return
    session.stage(FOLDED, folded.select("loan_id"))
    session.execute(f"DELETE FROM portfolio_allocationline WHERE loan_id IN (SELECT loan_id FROM {FOLDED})")
    session.append(AllocationLine, splits.sort("event_id"))


def write_level_changes(session: Session, changes: pl.DataFrame) -> None:
    """Add changes of level to the record."""
    session.append(LevelChange, changes.sort("loan_id"))


def crosses_households(session: Session) -> bool:
    """Whether any loan stands in another household than its borrower's own: then a borrower's loans, which are classed
    together, may lie in several."""
    return session.value("SELECT 1 FROM portfolio_loan l JOIN portfolio_household h ON h.id = l.household_id "
                         "WHERE l.borrower_id <> h.borrower_id LIMIT 1") is not None


def with_linked(session: Session, household_ids: list[int]) -> list[int]:
    """The households given, and those that share borrowers with them, however far."""
    found, new = set(household_ids), set(household_ids)
    while new:
        scope = Scope.of(session, sorted(new))
        linked = session.read(
            f"SELECT DISTINCT o.household_id FROM portfolio_loan l JOIN portfolio_loan o ON o.borrower_id = l.borrower_id "
            f"WHERE {scope.where('l.household_id')} AND o.household_id <> l.household_id", {"household_id": pl.Int64})
        new = set(linked["household_id"].to_list()) - found
        found |= new
    return sorted(found)


def last_ids(session: Session) -> dict[str, int]:
    """The newest loan, ledger event and schedule row: what a run that starts now knows."""
    return {name: int(session.value(f"SELECT COALESCE(MAX(id), 0) FROM {table}")) for name, table in (
        ("loan_id", "portfolio_loan"), ("event_id", "portfolio_ledgerevent"), ("instalment_id", "portfolio_instalment"))}
