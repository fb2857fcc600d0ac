"""Dashboards: figures that add up, within the field of view, for now and for a past day."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from qingshou.dayend import history
from qingshou.dayend.services import run_day_end
from qingshou.insight.queries import figures, standing
from qingshou.insight.queries.dashboard import dashboard
from qingshou.insight.reports import REPORTS, report
from qingshou.portfolio.models import HouseholdState, LoanState
from qingshou.portfolio.queries import lists
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.services.ledger import post_event
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def closed_bank(bank, settings, tmp_path):
    """The small bank after two day ends; the loans matured on 2026-01-01 and nothing was paid but one in full."""
    settings.HISTORY = tmp_path / "history"
    # 3,020.00 of it pays the interest of 151 days, the rest principal.
    factories.make_event(bank.loans[1], "repayment", date(2025, 6, 1), 1_000_000)
    run_day_end(user=bank.users["operations"])
    run_day_end(user=bank.users["operations"])
    return bank


def test_the_parts_add_up_to_the_whole_by_unit_product_level_and_stage(closed_bank):
    shown = standing.now(closed_bank.users["operations"])
    whole = figures.totals(shown)
    assert whole.loans == 4 and whole.households == 4 and whole.overdue_households == 4
    assert whole.principal_fen == 39_302_000 and whole.npl_fen == 39_302_000 and whole.npl_ratio_ppm == 1_000_000
    for column in ("unit_id", "product", "collector_id"):
        lines = [totals for _, totals in figures.totals_by(shown, column)]
        for name in figures.SUMS:
            assert sum(getattr(line, name) for line in lines) == getattr(whole, name), (column, name)
    assert sum(row["principal_fen"] for row in figures.levels(shown)) == whole.principal_fen
    assert sum(row["provision_fen"] for row in figures.levels(shown)) == whole.provision_fen
    assert sum(row["overdue_fen"] for row in figures.stages(shown)) == whole.overdue_fen


@pytest.mark.parametrize(("role", "loans"), [("collector", 2), ("manager", 3), ("operations", 4), ("risk", 4)])
def test_each_sees_the_figures_of_their_own_field(closed_bank, role, loans):
    assert figures.totals(standing.now(closed_bank.users[role])).loans == loans
    assert dashboard(closed_bank.users[role]).totals.loans == loans
    past = standing.days()[0]
    assert figures.totals(standing.on(closed_bank.users[role], past)).loans == loans


@pytest.mark.parametrize("role", ["admin", "reviewer"])
def test_who_has_no_dashboard_is_refused(closed_bank, role, client):
    with pytest.raises(PermissionDenied):
        standing.now(closed_bank.users[role])
    client.force_login(closed_bank.users[role])
    assert client.get(reverse("insight:dashboard")).status_code == 403


def test_a_past_day_is_read_from_its_history_and_a_day_without_one_is_named(closed_bank):
    user = closed_bank.users["operations"]
    first = standing.days()[0]
    assert figures.totals(standing.on(user, first)).principal_fen == 39_302_000
    with pytest.raises(standing.NoHistory) as refusal:
        standing.on(user, date(2020, 1, 1))
    assert refusal.value.days == (standing.days()[0], standing.days()[-1])


def test_a_payment_shows_at_once(closed_bank):
    user, loan = closed_bank.users["operations"], closed_bank.loans[0]
    owed = figures.totals(standing.now(closed_bank.users["collector"]))
    loan.refresh_from_db()
    post_event(user=user, loan=loan, kind="repayment", date=business_date(), event_no="H1", reason="柜面还清",
               amount_fen=loan.state.total_owed_fen + 1_000_000)
    after = figures.totals(standing.now(closed_bank.users["collector"]))
    assert after.overdue_fen < owed.overdue_fen and after.overdue_households == owed.overdue_households - 1
    assert dashboard(closed_bank.users["collector"]).received.principal_fen == 10_000_000


def test_migration_keeps_every_loan_and_its_principal(closed_bank):
    before = standing.on(closed_bank.users["operations"], standing.days()[0])
    loans = before.loans.with_columns(level=pl.when(pl.col("loan_id") == closed_bank.loans[0].pk).then(
        pl.lit("normal")).otherwise("level"))
    moves = figures.migration(standing.Standing(before.day, loans, before.households),
                              standing.now(closed_bank.users["operations"]))
    assert sum(move.loans for move in moves) == 4
    assert sum(move.principal_fen for move in moves) == 39_302_000
    assert [(move.before, move.after) for move in moves if move.loans == 1] == [("normal", "doubtful")]


def test_who_fell_into_arrears_and_who_was_cured_are_counted_once():
    def book(**overdue: int) -> standing.Standing:
        amounts = [overdue["a"], overdue["b"], overdue["c"]]
        frame = pl.DataFrame({"household_id": [1, 2, 3], "overdue_fen": amounts,
                              "stage": ["early" if amount else "current" for amount in amounts]})
        return standing.Standing(date(2026, 1, 1), pl.DataFrame(), frame)

    flow = figures.flow(book(a=0, b=500, c=70), book(a=900, b=0, c=80))
    assert (flow.inflow_households, flow.inflow_fen, flow.cured_households, flow.cured_fen) == (1, 900, 1, 500)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_reports_say_the_same_as_the_dashboard(closed_bank, name):
    found = report(name, closed_bank.users["operations"], None)
    assert found["rows"] and found["totals"]
    if name == "overview":
        assert found["totals"]["npl"] == "393020.00"


@pytest.mark.parametrize("role", ["collector", "manager", "operations"])
def test_the_dashboard_page_shows_charts_with_tables_and_opens_down_to_households(closed_bank, role, client):
    client.force_login(closed_bank.users[role])
    page = client.get(reverse("insight:dashboard"))
    text = page.content.decode()
    assert page.status_code == 200 and "data-chart" in text and "stage=overdue" in text


def test_the_dashboard_of_an_empty_store_says_what_will_be_here(make_user, client):
    client.force_login(make_user("operations"))
    assert "还没有可看的数字" in client.get(reverse("insight:dashboard")).content.decode()


def test_the_dashboard_takes_the_same_number_of_queries_however_many_loans(closed_bank, client, django_assert_max_num_queries):
    client.force_login(closed_bank.users["operations"])
    with django_assert_max_num_queries(30):
        client.get(reverse("insight:dashboard"))


def test_history_files_have_the_columns_that_the_dashboards_read(closed_bank):
    frame = pl.read_parquet(history.path("loans", standing.days()[-1]))
    assert set(standing.LOANS) <= set(frame.columns)


def test_every_figure_of_overdue_equals_the_list_behind_it_a_fee_alone_makes_nobody_overdue(closed_bank):
    user = closed_bank.users["operations"]
    loan = closed_bank.loans[0]
    loan.refresh_from_db()
    post_event(user=user, loan=loan, kind="repayment", date=business_date(), event_no="H1", reason="柜面还清",
               amount_fen=loan.state.total_owed_fen + 1_000_000)
    loan.household.state.refresh_from_db()
    HouseholdState.objects.filter(household=loan.household).update(overdue_fen=1000, fee_owed_fen=1000, total_owed_fen=1000)
    LoanState.objects.filter(loan=loan).update(overdue_fen=1000, fee_owed_fen=1000, total_owed_fen=1000)
    standing._now.cache_clear()
    shown = dashboard(user)
    behind = lists.sums(lists.households(user, lists.Filter(stage="overdue")))
    assert behind.count == 3
    assert (shown.totals.overdue_households, shown.totals.overdue_fen) == (behind.count, behind.overdue_fen)
    assert sum(row["households"] for row in shown.stages if row["stage"] != "current") == behind.count
    assert lists.sums(lists.households(user, lists.Filter())).overdue_fen == behind.overdue_fen
    for line in [*shown.by_unit, *shown.by_product]:
        wanted = lists.Filter(stage="overdue", **line.filter)
        of_loans = "product" in line.filter
        assert line.totals.overdue_households == lists.sums(lists.households(user, wanted)).count, line
        rows = lists.loans(user, wanted) if of_loans else lists.households(user, wanted)
        assert line.totals.overdue_fen == lists.sums(rows).overdue_fen, line


def test_who_has_no_day_work_of_their_own_begins_at_the_dashboard(closed_bank, client):
    client.force_login(closed_bank.users["risk"])
    assert client.get(reverse("home")).url == reverse("insight:dashboard")
