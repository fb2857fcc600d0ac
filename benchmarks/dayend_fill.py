"""A bank of any size written straight into the tables, for the day-end figures: columns in, no object made for a row.

Three borrowers of ten have two or three loans. Six loans of ten are paid in twelve monthly instalments, the others in one.
One loan of fourteen stopped paying at some instalment; a third of their households have findings, some a promise or a
hold. Everything is drawn from a seed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

FIRST_DAY = date(2026, 11, 23)  # closed by the first run; the next is the ordinary day that is measured
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHUNK = 100_000  # loans made at once


def fill(loans: int, *, seed: int = 7) -> dict[str, int]:
    """Fill an empty, migrated store with *loans* loans; returns how many rows each table got."""
    from qingshou.access.models import Unit, User
    from qingshou.casework.models import Finding, Hold
    from qingshou.contact.models import Promise
    from qingshou.portfolio.models import BusinessDay, Household, Instalment, LedgerEvent, Loan, Party
    from qingshou.store import bulk

    unit = Unit.objects.create(code="HO", name="青石联社", kind="head_office", valid_from=date(2020, 1, 1))
    users = [User.objects.create_user(f"c{n}", password=None, display_name=f"清收员{n}").pk for n in range(50)]
    BusinessDay.objects.create(date=FIRST_DAY, state="open")
    rng = np.random.default_rng(seed)
    household_of = _households(loans, rng)
    rows: dict[str, int] = {}
    with bulk.session() as session:
        def put(model: type[Any], frame: pl.DataFrame) -> None:
            rows[model._meta.model_name] = rows.get(model._meta.model_name, 0) + session.append(model, frame)

        borrowers = int(household_of[-1])
        parties = _parties(borrowers)
        put(Party, parties)
        put(Household, pl.DataFrame({
            "id": parties["id"], "borrower_id": parties["id"], "unit_id": unit.pk, "opened_on": date(2024, 1, 1),
            "custodian_id": pl.Series([users[n % 50] for n in range(borrowers)]), "village": parties["village"]}))
        late: list[pl.DataFrame] = []
        next_instalment = next_event = 1
        for start in range(0, loans, CHUNK):
            contracts = _loans(start + 1, household_of[start:start + CHUNK], rng)
            dues = _dues(contracts).with_row_index("id", offset=next_instalment)
            paid = _payments(contracts, dues).with_row_index("id", offset=next_event)
            next_instalment, next_event = next_instalment + dues.height, next_event + paid.height
            late.append(contracts.filter("stops_at").select("household_id"))
            put(Loan, contracts.drop("periods", "stops_at"))
            put(Instalment, dues)
            put(LedgerEvent, _events(paid))
        troubled = pl.concat(late).unique().sort("household_id")
        for model, frame in ((Finding, _findings(troubled, users, rng)), (Promise, _promises(troubled, users, rng)),
                             (Hold, _holds(troubled, users))):
            put(model, frame)
        session.settle_ids(Party, Household, Loan, Instalment, LedgerEvent, Finding, Promise, Hold)
    return rows


def next_day() -> int:
    """The ordinary day: one loan of thirty pays on it; a few payments come backdated. Returns how many events."""
    from qingshou.portfolio.models import LedgerEvent
    from qingshou.store import bulk

    day = FIRST_DAY + timedelta(days=1)
    with bulk.session() as session:
        first = session.next_id(LedgerEvent)
        loans = session.read("SELECT id AS loan_id, principal_fen FROM portfolio_loan WHERE id % 30 = 0",
                             {"loan_id": pl.Int64, "principal_fen": pl.Int64})
        back = pl.when(pl.col("loan_id") % 3000 == 0).then(5).otherwise(0)
        paid = loans.select("loan_id", amount_fen=pl.col("principal_fen") // 12,
                            date=pl.lit(day) - pl.duration(days=back)).with_row_index("id", offset=first)
        session.append(LedgerEvent, _events(paid))
        session.settle_ids(LedgerEvent)
    return paid.height


def _households(loans: int, rng: np.random.Generator) -> Any:
    """The household of each loan: seven borrowers for ten loans."""
    new = np.ones(loans, dtype=np.int64)
    new[1:] = rng.random(loans - 1) < 0.7
    return np.cumsum(new)


def _parties(borrowers: int) -> pl.DataFrame:
    key = pl.col("id")
    blank = ("id_number", "id_hash", "phone", "phone_hash", "address", "industry", "employer", "source_hash")
    return pl.DataFrame({"id": pl.int_range(1, borrowers + 1, eager=True)}).with_columns(
        borrower_no=pl.format("B{}", key), kind=pl.when(key % 10 == 0).then(pl.lit("company")).otherwise(pl.lit("person")),
        name=pl.format("户{}", key), initials=pl.lit("h"), phone_tail=pl.lit(""), village=pl.format("{}村", key % 300),
        public_servant=key % 100 == 0, made_at=pl.lit(NOW), **{name: pl.lit("") for name in blank})


def _loans(first: int, household_of: Any, rng: np.random.Generator) -> pl.DataFrame:
    size = len(household_of)
    starts = pl.Series(FIRST_DAY.toordinal() - 719_163 - rng.integers(20, 500, size)).cast(pl.Int32).cast(pl.Date)
    months = rng.random(size) < 0.6
    return pl.DataFrame({
        "id": np.arange(first, first + size), "household_id": household_of, "starts_on": starts,
        "periods": np.where(months, 12, 1), "principal_fen": rng.integers(10, 300, size) * 100_000,
        "stops_at": rng.random(size) < 0.07, "rate_ppm": rng.integers(40_000, 120_000, size)}).with_columns(
            matures_on=pl.col("starts_on").dt.offset_by("1y"), loan_no=pl.format("HT{}", "id"), borrower_id="household_id",
            product=pl.lit("小额农户贷款"), branch=pl.format("{}支行", pl.col("id") % 20),
            penalty_surcharge_ppm=pl.lit(500_000), misused=pl.lit(False), basis=pl.lit("actual/360"),
            method=pl.lit("custom"), compound=pl.lit("none"),
            compound_rate_in_term=pl.lit("contract"), guarantee_kind=pl.lit("credit"), purpose=pl.lit(""),
            failed_debit_fee_fen=pl.lit(0), credit_impaired=pl.lit(False), schedule_version=pl.lit(1),
            source_hash=pl.lit(""), made_at=pl.lit(NOW))


def _dues(loans: pl.DataFrame) -> pl.DataFrame:
    numbers = loans.select(loan_id="id", start="starts_on", periods="periods", principal="principal_fen").with_columns(
        number=pl.int_ranges(1, pl.col("periods") + 1)).explode("number")
    last = pl.col("number") == pl.col("periods")
    share = pl.col("principal") // pl.col("periods")
    return numbers.select(
        "loan_id", "number", version=pl.lit(1),
        due=pl.col("start").dt.offset_by(pl.format("{}mo", pl.col("number") * 12 // pl.col("periods"))),
        principal_fen=pl.when(last).then(pl.col("principal") - share * (pl.col("periods") - 1)).otherwise(share),
        interest_fen=pl.when(pl.col("periods") > 1).then(pl.col("principal") // 200))


def _payments(loans: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    """Every instalment due by the first day is paid when due, but those from the one at which a loan stopped."""
    asked = dues.filter(pl.col("due") <= FIRST_DAY).join(loans.select("stops_at", "periods", loan_id="id"), on="loan_id",
                                                         maintain_order="left")
    stopped = pl.col("stops_at") & (pl.col("number") > pl.col("loan_id") % pl.col("periods"))
    amount = pl.col("principal_fen") + pl.col("interest_fen").fill_null(pl.col("principal_fen") // 10)
    return asked.filter(~stopped).select("loan_id", date="due", amount_fen=amount)


def _events(paid: pl.DataFrame) -> pl.DataFrame:
    return paid.with_columns(
        event_no=pl.format("T{}", "id"), kind=pl.lit("repayment"), channel=pl.lit("代扣"), source=pl.lit("import"),
        note=pl.lit(""), source_hash=pl.lit(""), recorded_by=pl.lit("system"), recorded_at=pl.lit(NOW))


def _findings(troubled: pl.DataFrame, users: list[int], rng: np.random.Generator) -> pl.DataFrame:
    some = troubled.gather_every(3)
    size = some.height
    return some.with_row_index("id", offset=1).with_columns(
        found_on=pl.lit(FIRST_DAY - timedelta(days=20)), cause=pl.Series(rng.choice(["turnover", "market", "family"], size)),
        business_state=pl.Series(rng.choice(["normal", "difficulty", "ceased"], size)),
        ability=pl.Series(rng.choice(["sufficient", "partial", "none"], size)),
        willingness=pl.Series(rng.choice(["willing", "unwilling"], size)),
        guarantee=pl.Series(rng.choice(["effective", "weak"], size)), evidence=pl.lit(""), found_by_id=pl.lit(users[0]),
        recorded_at=pl.lit(NOW))


def _promises(troubled: pl.DataFrame, users: list[int], rng: np.random.Generator) -> pl.DataFrame:
    some = troubled.gather_every(5)
    due = pl.Series(rng.integers(0, 10, some.height))
    return some.with_row_index("id", offset=1).with_columns(
        promise_no=pl.format("P{}", "id"), made_on=pl.lit(FIRST_DAY - timedelta(days=3)),
        due=pl.lit(FIRST_DAY) + pl.duration(days=due), amount_fen=pl.lit(100_000), source_of_money=pl.lit("粮款"),
        taken_by_id=pl.lit(users[0]), recorded_at=pl.lit(NOW))


def _holds(troubled: pl.DataFrame, users: list[int]) -> pl.DataFrame:
    return troubled.gather_every(50).with_row_index("id", offset=1).with_columns(
        kind=pl.lit("complaint"), starts_on=pl.lit(FIRST_DAY - timedelta(days=5)), reason=pl.lit("投诉"),
        made_by_id=pl.lit(users[0]), recorded_at=pl.lit(NOW))
