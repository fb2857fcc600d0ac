"""Posting to the ledger: preview, confirm, refuse."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qingshou.access.models import AuditEntry
from qingshou.portfolio.models import LedgerEvent, Loan
from qingshou.portfolio.services import ledger
from qingshou.portfolio.signals import ledger_changed
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY


@pytest.fixture
def loan(bank):
    """100,000.00 at 7.2 % on actual/360 from 2025-01-01, due 2026-01-01: 328 days late on 2026-11-24."""
    return bank.loans[0]


def preview(bank, loan, **fields):
    given = {"kind": "repayment", "date": date(2026, 11, 24), "amount_fen": 100_000} | fields
    return ledger.preview_event(user=bank.users["operations"], loan=loan, **given)


def post(bank, loan, **fields):
    given = {"kind": "repayment", "date": date(2026, 11, 24), "amount_fen": 100_000, "event_no": "H1", "reason": "柜面凭证补录"}
    return ledger.post_event(user=bank.users["operations"], loan=loan, **given | fields)


def test_a_preview_shows_balances_before_and_after_and_writes_nothing(bank, loan):
    shown = preview(bank, loan, amount_fen=1_000_000)
    # Interest 100,000 × 7.2 % × 365 ÷ 360 = 7,300.00; penalty 100,000 × 10.8 % × 327 ÷ 360 = 9,810.00.
    assert shown.before.interest_owed_fen == 730_000
    assert shown.before.penalty_owed_fen == 981_000
    assert (shown.split.penalty_fen, shown.split.interest_fen) == (981_000, 19_000)
    assert shown.after.total_owed_fen == shown.before.total_owed_fen - 1_000_000
    assert shown.before.dpd == shown.after.dpd == 327
    assert not LedgerEvent.objects.exists() and not AuditEntry.objects.exists()


def test_a_backdated_repayment_changes_interest_after_it_and_how_later_payments_were_divided(bank, loan):
    later = factories.make_event(loan, "repayment", date(2026, 6, 1), 2_000_000)
    shown = preview(bank, loan, date=date(2026, 1, 1), amount_fen=10_000_000)
    assert [moved.event for moved in shown.moved] == [later]
    assert shown.moved[0].before != shown.moved[0].after
    net = [stands.total_owed_fen - stands.unapplied_fen for stands in (shown.before, shown.after)]
    assert net[0] - net[1] > 10_000_000  # the money and the penalty that it stopped


def test_what_is_posted_is_what_was_previewed(bank, loan):
    shown = preview(bank, loan, date=date(2026, 3, 1), amount_fen=5_000_000)
    event = post(bank, loan, date=date(2026, 3, 1), amount_fen=5_000_000, expected=shown.fingerprint)
    entry = AuditEntry.objects.get(action="ledger.post")
    assert (event.source, event.recorded_by) == ("hand", "operations")
    assert f'"total_owed_fen":{shown.after.total_owed_fen}' in entry.after and entry.reason == "柜面凭证补录"
    again = preview(bank, loan, kind="fee", amount_fen=1)
    assert again.before == shown.after


def test_a_reversal_makes_the_ledger_as_if_the_event_had_never_been(bank, loan):
    untouched = preview(bank, loan).before
    wrong = post(bank, loan, date=date(2026, 2, 1), amount_fen=700_000)
    shown = preview(bank, loan, kind="reversal", amount_fen=None, reverses=wrong.pk)
    assert shown.after == untouched and shown.moved[0].after is None
    post(bank, loan, kind="reversal", amount_fen=None, reverses=wrong.pk, event_no="H2")
    assert preview(bank, loan).before == untouched


def test_the_same_number_again_changes_nothing_and_with_other_content_is_refused(bank, loan):
    first = post(bank, loan)
    assert post(bank, loan) == first and LedgerEvent.objects.count() == 1
    with pytest.raises(ValidationError) as refused:
        post(bank, loan, amount_fen=200_000)
    assert "event_no" in refused.value.message_dict


def test_a_stale_preview_is_refused(bank, loan):
    shown = preview(bank, loan)
    post(bank, loan, event_no="someone-elses")
    with pytest.raises(ValidationError) as refused:
        post(bank, loan, event_no="mine", expected=shown.fingerprint)
    assert refused.value.code == "stale" and LedgerEvent.objects.count() == 1


def test_what_was_not_previewed_cannot_be_confirmed(bank, loan):
    shown = preview(bank, loan, amount_fen=100)
    with pytest.raises(ValidationError):
        post(bank, loan, amount_fen=10_000, expected=shown.fingerprint)


@pytest.mark.parametrize(("fields", "named"), [
    ({"date": date(2026, 11, 25)}, "date"),
    ({"date": date(2024, 12, 31)}, "date"),
    ({"amount_fen": -1}, "amount"),
    ({"amount_fen": 0}, "amount"),
    ({"amount_fen": None}, "amount"),
    ({"amount_fen": 10**13 + 1}, "amount"),
    ({"rate_ppm": 1}, "rate"),
    ({"kind": "rate_change", "amount_fen": None}, "rate"),
    ({"kind": "rate_change", "amount_fen": None, "rate_ppm": 1_000_001}, "rate"),
    ({"kind": "rate_change", "amount_fen": None, "rate_ppm": -1}, "rate"),
    ({"kind": "disbursement"}, "kind"),
    ({"kind": "nonsense"}, "kind"),
    ({"kind": "reversal", "amount_fen": None}, "reverses"),
    ({"kind": "reversal", "amount_fen": None, "reverses": 10**9}, "reverses"),
    ({"kind": "reversal", "amount_fen": 5, "reverses": 10**9}, "amount"),
    ({"reverses": 1}, "reverses"),
    ({"kind": "fee_waiver", "amount_fen": 1}, "amount"),
    ({"kind": "interest_waiver", "amount_fen": 10_000_000}, "amount"),
    ({"kind": "write_off", "amount_fen": 10_000_001}, "amount"),
    ({"kind": "recovery"}, "kind"),
    ({"note": "长" * 201}, "note"),
], ids=lambda value: str(value)[:60])
def test_bad_input_is_refused_by_field(bank, loan, fields, named):
    with pytest.raises(ValidationError) as refused:
        preview(bank, loan, **fields)
    assert named in refused.value.message_dict


@pytest.mark.parametrize(("fields", "named"), [({"reason": " "}, "reason"), ({"reason": "长" * 201}, "reason"),
                                               ({"event_no": ""}, "event_no"), ({"event_no": "9" * 61}, "event_no")])
def test_a_posting_needs_a_number_and_a_reason(bank, loan, fields, named):
    with pytest.raises(ValidationError) as refused:
        post(bank, loan, **fields)
    assert named in refused.value.message_dict


def test_a_reversal_cannot_be_reversed_nor_an_event_twice_nor_before_its_day(bank, loan):
    event = post(bank, loan, date=date(2026, 5, 1))
    early = {"kind": "reversal", "amount_fen": None, "reverses": event.pk, "date": date(2026, 4, 30)}
    with pytest.raises(ValidationError) as refused:
        preview(bank, loan, **early)
    assert "date" in refused.value.message_dict
    reversal = post(bank, loan, kind="reversal", amount_fen=None, reverses=event.pk, event_no="H2")
    for target in (event, reversal):
        with pytest.raises(ValidationError) as refused:
            preview(bank, loan, kind="reversal", amount_fen=None, reverses=target.pk)
        assert "reverses" in refused.value.message_dict


def test_another_loans_event_cannot_be_reversed(bank, loan):
    foreign = factories.make_event(bank.loans[1], "repayment", date(2026, 5, 1), 100)
    with pytest.raises(ValidationError):
        preview(bank, loan, kind="reversal", amount_fen=None, reverses=foreign.pk)


def test_only_operations_post_and_only_what_they_see(bank, loan):
    for role, user in bank.users.items():
        if role != "operations":
            with pytest.raises(PermissionDenied):
                ledger.preview_event(user=user, loan=loan, kind="fee", date=TODAY, amount_fen=1)
            with pytest.raises(PermissionDenied):
                ledger.post_event(user=user, loan=loan, kind="fee", date=TODAY, amount_fen=1, event_no="X", reason="x")
    ghost = Loan(loan_no="no-such")
    with pytest.raises(Loan.DoesNotExist):
        preview(bank, ghost)


def test_after_a_write_off_money_comes_in_as_recovery(bank, loan):
    post(bank, loan, kind="write_off", date=date(2026, 10, 1), amount_fen=10_000_000)
    with pytest.raises(ValidationError):
        preview(bank, loan)
    shown = preview(bank, loan, kind="recovery")
    assert shown.split is not None and shown.after.total_owed_fen == shown.before.total_owed_fen - 100_000


def test_who_listens_is_told_which_loan_changed(bank, loan):
    heard = []
    def listen(**told):
        heard.append((told["household_ids"], told["loan_ids"]))
    ledger_changed.connect(listen)
    try:
        post(bank, loan)
    finally:
        ledger_changed.disconnect(listen)
    assert heard == [([loan.household_id], [loan.pk])]
