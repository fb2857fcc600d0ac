"""A drawn book written into the store, and the whole store read back for comparison."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.apps import apps
from django.db import connection

from qingshou.access.models import Unit, User
from qingshou.casework.models import Finding, Hold
from qingshou.contact.models import Promise
from qingshou.engine.day import Book
from qingshou.portfolio.models import BusinessDay, Guarantee, Household, Instalment, LedgerEvent, Loan, Party
from qingshou.store import bulk
from tests import factories
from tests.engine.day.books import FIRST

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROOMS = ("portfolio", "casework", "contact")
# When something was written down, and ids that the store gives (and users and units, made anew by every filling): they
# differ between two runs of the same facts.
NOT_FACTS = {"id", "recorded_at", "made_at", "closed_at", "ended_at", "report"}


def fill(book: Book, *, opened: int = 0) -> None:
    """Write the facts of a drawn book; the business day *opened* days after 2025-01-01 is open."""
    unit = factories.make_unit("D1", "一部")
    users = [factories.make_user("collector", unit) for _ in range(4)]
    BusinessDay.objects.create(date=later(opened), state="open")
    columns = frames(book, unit, users)
    with bulk.session() as session:
        for model, frame in columns.items():
            session.append(model, frame)
        session.settle_ids(*columns)


def frames(book: Book, unit: Unit, users: list[User]) -> dict[type[Any], pl.DataFrame]:
    who = users[0].pk
    ids = book.households["household_id"]
    blank = dict.fromkeys(("id_number", "id_hash", "phone", "phone_hash", "phone_tail", "address", "industry", "employer",
                           "source_hash"), "")
    parties = book.households.select(
        id="household_id", borrower_no=pl.format("B{}", "household_id"), name=pl.format("户{}", "household_id"),
        initials=pl.lit("h"), kind="kind", village=pl.lit("青石村"), public_servant="public_servant", made_at=pl.lit(NOW),
        **{name: pl.lit(value) for name, value in blank.items()})
    guarantor = parties.filter(book.households["has_guarantor"]).with_columns(
        id=pl.col("id") + 1000, borrower_no=pl.lit(None, dtype=pl.String))
    loans = book.loans.select(
        "household_id", "borrower_id", "principal_fen", "rate_ppm", "penalty_surcharge_ppm", "misuse_surcharge_ppm",
        "misused", "basis", "compound", "compound_rate_in_term", "guarantee_kind", "credit_impaired", "schedule_version",
        id="loan_id", loan_no=pl.format("L{}", "loan_id"), product=pl.lit("小额农户贷款"), branch=pl.lit("城关支行"),
        method=pl.lit("custom"), starts_on="start", matures_on="maturity", purpose=pl.lit(""),
        failed_debit_fee_fen=pl.lit(0), source_hash=pl.lit(""), made_at=pl.lit(NOW))
    given = book.loans.join(book.households.filter("has_guarantor"), on="household_id", how="semi").group_by(
        "household_id").agg(pl.col("loan_id").min()).sort("household_id")
    return {
        Party: pl.concat([parties, guarantor]),
        Household: pl.DataFrame({"id": ids, "borrower_id": ids, "unit_id": [unit.pk] * len(ids),
                                 "custodian_id": [users[n].pk for n in book.households["custodian_id"]],
                                 "village": ["青石村"] * len(ids), "opened_on": [FIRST] * len(ids)}),
        Loan: loans,
        Guarantee: given.select(id="loan_id", loan_id="loan_id", guarantor_id=pl.col("household_id") + 1000,
                                kind=pl.lit("joint"), source_hash=pl.lit("")),
        Instalment: book.dues.select("loan_id", "number", "due", "principal_fen", "interest_fen",
                                     version=pl.lit(1)).with_row_index("id", offset=1),
        LedgerEvent: events(book.events),
        Finding: book.findings.select(
            "household_id", "found_on", "cause", "business_state", "ability", "willingness", "guarantee", id="finding_id",
            evidence=pl.lit(""), found_by_id=pl.lit(who), recorded_at=pl.lit(NOW)),
        Promise: book.promises.select(
            "household_id", "made_on", "due", "amount_fen", id="promise_id", promise_no=pl.format("P{}", "promise_id"),
            source_of_money=pl.lit("粮款"), taken_by_id=pl.lit(who), recorded_at=pl.lit(NOW)),
        Hold: book.holds.select("household_id", "kind", "starts_on", "ends_on", reason=pl.lit("投诉"), made_by_id=pl.lit(who),
                                recorded_at=pl.lit(NOW)).with_row_index("id", offset=1),
    }


def events(frame: pl.DataFrame) -> pl.DataFrame:
    """Ledger events as the table has them."""
    return frame.select(
        "loan_id", "date", "kind", "amount_fen", "rate_ppm", id="event_id", event_no=pl.format("T{}", "event_id"),
        reverses_id="reverses", channel=pl.lit(""), source=pl.lit("import"), note=pl.lit(""), source_hash=pl.lit(""),
        recorded_at=pl.lit(NOW), recorded_by=pl.lit("core"))


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables of the rooms, in an order of their own, without what differs between two runs."""
    found = {}
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            names = [field.column for field in model._meta.concrete_fields
                     if field.column not in NOT_FACTS and field.related_model not in (User, Unit)]
            with connection.cursor() as cursor:
                columns = ", ".join(f'"{name}"' for name in names)
                cursor.execute(f'SELECT {columns} FROM "{model._meta.db_table}"')
                found[model._meta.db_table] = sorted(cursor.fetchall(), key=repr)
    return found


def later(days: int) -> Any:
    return FIRST + timedelta(days=days)
