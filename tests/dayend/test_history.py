"""History by date: written with each day, complete, and made again where it is missing."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from qingshou.access.permissions import SYSTEM
from qingshou.dayend import history
from qingshou.dayend.fingerprint import Fingerprint
from qingshou.dayend.services import run_day_end
from qingshou.portfolio.models import HouseholdState, Loan, LoanState
from tests.dayend.bank import fill, later
from tests.engine.day.books import draw


@pytest.mark.django_db(transaction=True)
def test_the_history_of_a_day_has_every_loan_and_household_as_it_stood():
    fill(draw(41), opened=120)
    run_day_end(user=SYSTEM)
    loans = pl.read_parquet(history.path("loans", later(120)))
    assert dict(loans.schema) == history.LOANS
    assert loans["principal_fen"].sum() == sum(LoanState.objects.values_list("principal_fen", flat=True))
    assert set(loans["loan_id"]) == set(Loan.objects.values_list("pk", flat=True))
    assert set(loans["product"]) == {"小额农户贷款"} and loans["date"].unique().to_list() == [later(120)]
    households = pl.read_parquet(history.path("households", later(120)))
    assert dict(households.schema) == history.HOUSEHOLDS
    assert dict(zip(households["household_id"], households["segment"], strict=True)) == dict(
        HouseholdState.objects.values_list("household", "segment"))
    assert households["collector_id"].null_count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["loans", "households"])
def test_missing_files_are_made_again_from_the_facts(table):
    from qingshou.casework.models import Assignment
    from qingshou.portfolio.models import Household

    fill(draw(42), opened=120)
    Assignment.objects.bulk_create(
        Assignment(household=one, unit_id=one.unit_id, collector_id=one.custodian_id, starts_on=date(2025, 1, 1))
        for one in Household.objects.all())
    run_day_end(user=SYSTEM, through=later(123))
    kept = pl.read_parquet(history.path(table, later(121)))
    history.path(table, later(121)).unlink()
    outcome = run_day_end(user=SYSTEM, through=later(123))
    assert not outcome.changed and outcome.rebuilt == [later(121)]
    again = pl.read_parquet(history.path(table, later(121)))
    for column in kept.columns:
        assert again[column].equals(kept[column]), column


def test_a_fingerprint_does_not_depend_on_how_frames_were_cut_but_on_every_value():
    frame = pl.DataFrame({"n": [1, None, 3], "t": ["甲", None, ""], "d": [date(2026, 1, 1), None, None]})
    whole, cut = Fingerprint(), Fingerprint()
    whole.take("x", frame)
    for row in range(3):
        cut.take("x", frame[row:row + 1])
    assert whole.hexdigest() == cut.hexdigest()
    seen = {whole.hexdigest()}
    for changed in (frame.with_columns(n=pl.col("n").fill_null(0)), frame.with_columns(t=pl.col("t").fill_null("")),
                    frame[::-1], frame.with_columns(t=pl.Series(["", None, "甲"]))):
        other = Fingerprint()
        other.take("x", changed)
        assert other.hexdigest() not in seen
        seen.add(other.hexdigest())
