"""Loans over the API: balances at a date, ledger, quote, statement, posting with an idempotency key."""

from __future__ import annotations

from datetime import date

import pytest

from qingshou.access.models import AuditEntry
from qingshou.portfolio.models import LedgerEvent
from tests import factories

pytestmark = pytest.mark.django_db

PAYMENT = {"date": "2026-11-24", "kind": "repayment", "amount": "1000.00", "reason": "柜面还款"}


@pytest.fixture
def path(bank) -> str:
    """100,000.00 at 7.2 %, surcharge 50 %, actual/360, from 2025-01-01 to 2026-01-01."""
    return f"/api/loans/{bank.loans[0].loan_no}"


def test_balances_at_a_date(api_as, path):
    status, loan = api_as("collector").get(path, on="2026-03-02")
    assert status == 200
    assert (loan["annual_rate"], loan["penalty_surcharge"]) == ("7.2", "50")
    assert loan["owed"] == {"as_of": "2026-03-02", "principal": "100000.00", "interest": "7300.00", "penalty": "1800.00",
                            "compound": "0.00", "fees": "0.00", "overdue": "109100.00", "total": "109100.00", "dpd": 60,
                            "stage": "m2"}


def test_a_quote_says_what_clears_the_loan(api_as, path):
    status, quote = api_as("collector").get(f"{path}/quote", on="2026-03-02")
    assert (status, quote["payoff"], quote["business_date"]) == (200, "109100.00", "2026-11-24")


def test_a_statement_has_a_line_for_each_segment(api_as, bank, path):
    factories.make_event(bank.loans[0], "repayment", date(2026, 2, 1), 500_000)
    status, made = api_as("collector").get(f"{path}/statement", on="2026-03-02")
    assert status == 200
    assert [(line["kind"], line["days"], line["base"], line["rate"], line["amount"]) for line in made["segments"]] == [
        ("interest", 365, "100000.00", "7.2", "7300.00"), ("penalty", 60, "100000.00", "10.8", "1800.00")]
    assert [(moved["penalty"], moved["interest"]) for moved in made["payments"]] == [("930.00", "4070.00")]


@pytest.mark.parametrize("on", ["2026-02-30", "1800-01-01", "9999-12-31", "yesterday"])
def test_a_date_without_sense_is_refused(api_as, path, on):
    status, answer = api_as("collector").get(path, on=on)
    assert status == 422 and len(answer["errors"]) == 1


def test_posting_the_same_key_again_answers_the_event_that_stands(api_as, path):
    core = api_as("operations")
    first, again = (core.post(f"{path}/events", PAYMENT, **{"Idempotency-Key": "core-1"}) for _ in range(2))
    assert (first[0], again[0]) == (201, 200) and first[1] == again[1]
    event = LedgerEvent.objects.get()
    assert (event.amount_fen, event.source, event.recorded_by) == (100_000, "api", "operations")
    assert AuditEntry.objects.filter(action="ledger.post").count() == 1


def test_the_same_key_with_other_content_is_refused(api_as, path):
    core = api_as("operations")
    core.post(f"{path}/events", PAYMENT, **{"Idempotency-Key": "core-1"})
    status, answer = core.post(f"{path}/events", PAYMENT | {"amount": "2.00"}, **{"Idempotency-Key": "core-1"})
    assert status == 422 and answer["errors"][0].startswith("event_no:")
    assert LedgerEvent.objects.count() == 1


def test_posting_without_a_key_is_refused(api_as, path):
    status, answer = api_as("operations").post(f"{path}/events", PAYMENT)
    assert status == 422 and "idempotency" in answer["errors"][0].lower()


def test_a_reversal_names_the_event_by_its_number(api_as, path):
    core = api_as("operations")
    number = core.post(f"{path}/events", PAYMENT, **{"Idempotency-Key": "1"})[1]["event_no"]
    undo = {"date": "2026-11-24", "kind": "reversal", "reverses": number, "reason": "记错户"}
    assert core.post(f"{path}/events", undo, **{"Idempotency-Key": "2"})[0] == 201
    assert [event["reverses"] for event in core.get(f"{path}/events")[1]] == [None, number]
    unknown = core.post(f"{path}/events", undo | {"reverses": "none"}, **{"Idempotency-Key": "3"})
    assert unknown[0] == 422 and unknown[1]["errors"][0].startswith("reverses:")


@pytest.mark.parametrize(("change", "field"), [
    ({"amount": "-1.00"}, "amount"), ({"amount": 5}, "amount"), ({"amount": "1" * 20}, "amount"),
    ({"date": "2026-02-30"}, "date"), ({"date": "2026-11-25"}, "date"), ({"kind": "gift"}, "kind"),
    ({"reason": ""}, "reason"), ({"surprise": 1}, "surprise")])
def test_a_bad_event_is_refused_by_field_and_nothing_is_written(api_as, path, change, field):
    status, answer = api_as("operations").post(f"{path}/events", PAYMENT | change, **{"Idempotency-Key": "1"})
    assert status == 422 and answer["errors"][0].partition(":")[0] == field
    assert not LedgerEvent.objects.exists()


def test_collectors_do_not_post_to_the_ledger(api_as, path):
    assert api_as("collector").post(f"{path}/events", PAYMENT, **{"Idempotency-Key": "1"})[0] == 403
