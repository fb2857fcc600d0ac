"""Fill an empty, migrated store with the demo bank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
from django.db import transaction

from demo import contracts, customers, past, places, staff, store, tables
from demo.draw import Draw
from demo.people import Borrowers
from demo.simulate import Simulation
from demo.story import Story, World
from qingshou.dayend import history
from qingshou.policy import load

FAILED_DEBIT_FEE_FEN = 1_000  # in the contracts of loans that are paid by debit
HISTORY_DAYS = 62  # kept day by day; before that, the ends of months


def build(*, households: int = 3000, months: int = 18, seed: int = 20261124,
          progress: Callable[[int, str], None] = lambda permille, note: None) -> None:
    """Simulate *months* of the cooperative's life up to the demo's business date and store them.

    The same arguments give the same bank on every machine. *progress* hears permille and a note.
    """
    ends = places.BUSINESS_DATE
    begins = ends - timedelta(days=months * 61 // 2)
    with transaction.atomic():
        people_of_bank = staff.make(Draw(seed, "staff"))
    progress(10, "借款人与合同")
    borrowers = customers.make(households, Draw(seed, "customers"))
    books = contracts.make(borrowers, begins=begins, ends=ends, draw=Draw(seed, "contracts"))
    master = tables.make(borrowers, books, people_of_bank, opened=begins, draw=Draw(seed, "tables"))
    world, master = _world(borrowers, books, master, begins)
    run = Simulation(world, Borrowers(borrowers, Draw(seed, "borrowers")), load(), Draw(seed, "field"),
                     story=Story(keep_history=_kept(begins, ends)))
    run.begin(begins - timedelta(days=1))
    days = past.days(begins, ends)
    for number, day in enumerate(days):
        run.run_day(day)
        if number % 10 == 0:
            progress(50 + 850 * number // len(days), f"模拟 {day}")
    progress(900, "写入")
    store.write(master, run, people_of_bank, last_day=days[-1],
                made={"households": households, "months": months, "seed": seed})
    _write_history(run, master)
    progress(1000, "完成")


def _world(borrowers: list[customers.Customer], books: list[contracts.Contract], master: tables.Master,
           begins: date) -> tuple[World, tables.Master]:
    loans = contracts.terms(books)
    dues = contracts.dues(loans)
    paid_out = past.disbursements(loans)
    before = past.repayments(loans, dues, borrowers, begins=begins, first_id=paid_out.height + 1)
    fees = {number: FAILED_DEBIT_FEE_FEN for number, item in enumerate(books, 1) if item.product.method == "equal_instalment"}
    master.loans = master.loans.with_columns(
        failed_debit_fee_fen=pl.col("id").replace_strict(fees, default=0, return_dtype=pl.Int64))
    persons = [item.borrower for item in borrowers]
    world = World(
        loans=loans.with_columns(
            borrower_id="household_id", guarantee_kind=pl.Series([item.guarantee_kind for item in books]),
            retail=pl.Series([persons[item.household].kind == "person" for item in books])),
        dues=dues, events=pl.concat([paid_out.cast(past.EVENTS), before]),
        households=pl.DataFrame({
            "household_id": list(range(1, len(persons) + 1)), "custodian_id": master.custodian,
            "kind": [item.kind for item in persons],
            "has_guarantor": [number in master.guarantors for number in range(1, len(persons) + 1)],
            "public_servant": [item.public_servant for item in persons]}),
        guarantors=master.guarantors, failed_debit_fen=fees)
    return world, master


def _kept(begins: date, ends: date) -> frozenset[date]:
    """The days whose states are kept as history: the last two months, and the last day of every month before."""
    days = past.days(begins - timedelta(days=1), ends)
    return frozenset(day for day in days if (ends - day).days <= HISTORY_DAYS or (day + timedelta(days=1)).day == 1)


def _write_history(run: Simulation, master: tables.Master) -> None:
    products = master.loans.select("product", "branch", loan_id="id")
    households = master.households.select("unit_id", "custodian_id", household_id="id")
    for day, states in sorted(run.story.history.items()):
        history.write(day, history.frames(states, run.world.loans, products, households))
