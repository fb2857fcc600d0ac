"""Every row is taken, or is in the rejects with row, column, value and reason."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from qingshou.access.models import AuditEntry
from qingshou.portfolio.imports.rejects import write_file
from qingshou.portfolio.models import (
    AllocationLine,
    Guarantee,
    Household,
    ImportBatch,
    Instalment,
    LedgerEvent,
    Loan,
    LoanState,
    Party,
    Reject,
    Valuation,
)
from qingshou.store import crypto
from tests.portfolio.imports import book
from tests.portfolio.imports.book import BORROWER, COLLATERAL, GUARANTOR, INSTALMENT, LOAN, TRANSACTION, row

pytestmark = pytest.mark.django_db(transaction=True)

# table, what is changed in a good row, the reject's column, its code
BAD_CELLS = [
    ("borrower", {"borrower_no": ""}, "borrower_no", "empty"),
    ("borrower", {"kind": "cat"}, "kind", "not_a_choice"),
    ("borrower", {"name": "=1+1"}, "name", "formula"),
    ("borrower", {"name": "周" * 121}, "name", "too_long"),
    ("borrower", {"name": "a\x00b"}, "name", "control_character"),
    ("borrower", {"id_number": "990101198002300011"}, "id_number", "id_birth_date"),
    ("borrower", {"id_number": "1.1E+17"}, "id_number", "shortened"),
    ("borrower", {"public_servant": "也许"}, "public_servant", "not_yes_no"),
    ("borrower", {"monthly_income": "-1"}, "monthly_income", "negative"),
    ("loan", {"principal": "0"}, "principal", "zero"),
    ("loan", {"principal": "-120000"}, "principal", "negative"),
    ("loan", {"principal": "12345678901234567890"}, "principal", "too_large"),
    ("loan", {"principal": "1.234"}, "principal", "decimals"),
    ("loan", {"annual_rate": "101"}, "annual_rate", "too_large"),
    ("loan", {"annual_rate": ""}, "annual_rate", "empty"),
    ("loan", {"start": "2023-02-30"}, "start", "date_impossible"),
    ("loan", {"maturity": "2026-01-10"}, "maturity", "maturity_before_start"),
    ("loan", {"due_day": "32"}, "due_day", "too_large"),
    ("loan", {"basis": "actual/366"}, "basis", "not_a_choice"),
    ("loan", {"borrower_no": "B9"}, "borrower_no", "no_borrower"),
    ("instalment", {"loan_no": "L9"}, "loan_no", "no_loan"),
    ("instalment", {"due": "2025-12-31"}, "due", "due_before_start"),
    ("instalment", {"principal": "119999.99"}, "principal", "schedule_sum"),
    ("instalment", {"number": "1.5"}, "number", "not_an_integer"),
    ("transaction", {"loan_no": "L9"}, "loan_no", "no_loan"),
    ("transaction", {"date": "2026-01-09"}, "date", "before_disbursement"),
    ("transaction", {"kind": "refund"}, "kind", "not_a_choice"),
    ("transaction", {"amount": ""}, "amount", "amount_missing"),
    ("transaction", {"amount": "0"}, "amount", "zero"),
    ("transaction", {"amount": "-1"}, "amount", "negative"),
    ("transaction", {"kind": "rate_change", "amount": ""}, "rate", "rate_missing"),
    ("transaction", {"kind": "reversal", "amount": ""}, "reverses", "reverses_missing"),
    ("transaction", {"kind": "reversal", "amount": "", "reverses": "T1"}, "reverses", "reverses_itself"),
    ("transaction", {"kind": "reversal", "amount": "", "reverses": "T9"}, "reverses", "reverses_unknown"),
    ("transaction", {"kind": "disbursement", "amount": "120000.01"}, "amount", "over_disbursed"),
    ("guarantor", {"loan_no": "L9"}, "loan_no", "no_loan"),
    ("guarantor", {"kind": "both"}, "kind", "not_a_choice"),
    ("guarantor", {"id_number": BORROWER["id_number"]}, "name", "guarantor_is_borrower"),
    ("guarantor", {"agreed_months": "0"}, "agreed_months", "too_small"),
    ("collateral", {"loan_no": "L9"}, "loan_no", "no_loan"),
    ("collateral", {"appraised_on": "2023-02-29"}, "appraised_on", "date_impossible"),
    ("collateral", {"appraised": "x"}, "appraised", "not_a_number"),
    ("balance", {"loan_no": "L9"}, "loan_no", "no_loan"),
    ("balance", {"date": "2026-01-09"}, "date", "before_start"),
    ("balance", {"fees": ""}, "fees", "empty"),
]




@pytest.mark.parametrize("table", list(book.ROWS))
def test_a_bad_row_is_rejected_with_row_column_value_and_code_and_the_good_ones_are_taken(tmp_path, table):
    cases = [case for case in BAD_CELLS if case[0] == table]
    own = {"borrower": "borrower_no", "loan": "loan_no", "collateral": "collateral_no", "transaction": "transaction_no"}
    rows, loans = [row(table)], [LOAN]
    for number, (_table, change, _column, _code) in enumerate(cases):  # each bad row stands alone: its own key, its own loan
        key = {own[table]: f"X{number}"} if table in own else {}
        if table not in ("borrower", "loan"):
            loans.append(row("loan", loan_no=f"L-{number}"))
            key["loan_no"] = f"L-{number}"
        rows.append({**row(table), **key, **change})
        if rows[-1].get("reverses") == "T1":  # a reversal of itself
            rows[-1]["reverses"] = rows[-1]["transaction_no"]
    tables = {"borrower": [BORROWER], "loan": loans, table: rows}
    outcome = book.take_rows(tmp_path, **tables)
    assert [(found[0], found[1], found[2], found[4]) for found in book.reasons(outcome)] == [
        (table, number, column, code) for number, (_table, _change, column, code) in enumerate(cases, 3)]
    counts = outcome.counts()[table]
    assert (counts["taken"], counts["rejected"]) == (1, len(cases))
    stored = list(Reject.objects.order_by("row_number").values_list("row_number", "column", "code"))
    assert stored == [(number, column, code) for number, (_table, _change, column, code) in enumerate(cases, 3)]
    assert all(told and "%(" not in told for told in Reject.objects.values_list("reason", flat=True))


def test_one_row_may_have_several_reasons_and_counts_once(tmp_path):
    outcome = book.take_rows(tmp_path, borrower=[row("borrower", kind="", name="", id_number="张")])
    assert len(book.reasons(outcome)) == 3
    assert outcome.counts()["borrower"] == {"read": 1, "taken": 0, "changed": 0, "unchanged": 0, "rejected": 1, "skipped": 0}


@pytest.mark.parametrize(("table", "rows"), [
    ("borrower", [BORROWER, row("borrower", name="何桂兰")]),
    ("loan", [LOAN, row("loan", product="其他")]),
    ("transaction", [TRANSACTION, row("transaction", amount="1.00")]),
    ("instalment", [INSTALMENT, INSTALMENT]),
    ("guarantor", [GUARANTOR, row("guarantor", name="何桂兰（同一证件）")]),
    ("collateral", [COLLATERAL, row("collateral", description="另一处")]),
])
def test_a_key_that_comes_twice_is_taken_once_and_the_later_row_names_the_first(tmp_path, table, rows):
    tables = {"borrower": [BORROWER], "loan": [LOAN], table: rows}
    outcome = book.take_rows(tmp_path, **tables)
    assert [(found[0], found[1], found[4]) for found in book.reasons(outcome)] == [(table, 3, "duplicate")]
    assert "第 2 行" in outcome.rejects["reason"][0]
    assert outcome.counts()[table]["taken"] == 1


def test_what_depends_on_a_rejected_row_is_rejected_with_it(tmp_path):
    outcome = book.take_rows(tmp_path, borrower=[row("borrower", kind="?")], loan=[LOAN], transaction=[TRANSACTION],
                             guarantor=[GUARANTOR], collateral=[COLLATERAL], balance=[book.BALANCE])
    assert outcome.total("taken") == 0 and outcome.total("rejected") == 6
    assert not Party.objects.exists()


def test_a_borrower_becomes_a_party_with_sealed_data_hashes_initials_and_a_household(tmp_path):
    book.take_rows(tmp_path, borrower=[BORROWER])
    party = Party.objects.get()
    assert (party.name, party.initials, party.phone, party.phone_tail) == ("周满仓", "zmc", "19900001234", "1234")
    assert party.id_hash == crypto.keyed_hash(BORROWER["id_number"]) and party.id_number == BORROWER["id_number"]
    assert party.monthly_income_fen == 500_000 and party.public_servant is False
    household = Household.objects.get()
    assert (household.borrower_id, household.village, household.opened_on) == (party.pk, "柳沟村", book.TODAY)
    assert household.unit_id is None and household.custodian_id is None


def test_dues_follow_from_the_contract_where_no_instalments_came(tmp_path):
    book.base(tmp_path)
    loan = Loan.objects.get()
    dues = list(Instalment.objects.filter(loan=loan, version=loan.schedule_version))
    assert len(dues) == 12 and sum(due.principal_fen for due in dues) == loan.principal_fen
    assert (dues[0].due, dues[-1].due) == (date(2026, 2, 10), date(2027, 1, 10))
    assert loan.schedule_version == 0


def test_a_told_schedule_takes_the_place_of_a_derived_one(tmp_path):
    book.base(tmp_path)
    book.take_rows(tmp_path, instalment=[INSTALMENT])
    loan = Loan.objects.get()
    assert loan.schedule_version == 1
    (due,) = Instalment.objects.filter(loan=loan, version=1)
    assert (due.due, due.principal_fen, due.interest_fen) == (date(2026, 2, 10), 12_000_000, 72_000)
    assert LoanState.objects.get().oldest_unpaid_due == date(2026, 2, 10)


def test_a_change_of_the_contract_derives_its_schedule_anew_and_keeps_the_old_one(tmp_path):
    book.base(tmp_path)
    outcome = book.take_rows(tmp_path, loan=[row("loan", maturity="2026-07-10")])
    loan = Loan.objects.get()
    assert outcome.counts()["loan"]["changed"] == 1 and loan.schedule_version == -1
    assert Instalment.objects.filter(loan=loan, version=-1).count() == 6
    assert Instalment.objects.filter(loan=loan, version=0).count() == 12
    book.take_rows(tmp_path, loan=[row("loan", maturity="2026-07-10", purpose="修房")])
    loan.refresh_from_db()
    assert loan.purpose == "修房" and loan.schedule_version == -1


@pytest.mark.parametrize(("fields", "dues"), [
    ({"method": "bullet", "compound": "quarterly"}, 0), ({"method": "bullet"}, 1),
    ({"method": "interest_only", "compound": "monthly"}, 0), ({"method": "interest_only", "due_day": "21"}, 12),
    ({"method": "custom"}, 0),
])
def test_interest_that_settles_by_month_or_quarter_is_left_to_the_settlement_day(tmp_path, fields, dues):
    book.take_rows(tmp_path, borrower=[BORROWER], loan=[row("loan", **fields)])
    assert Instalment.objects.count() == dues


def test_states_and_allocation_lines_are_there_when_the_import_is_done(tmp_path):
    book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN], transaction=[TRANSACTION])
    state = LoanState.objects.get()
    assert (state.as_of, state.principal_fen, state.oldest_unpaid_due) == (book.TODAY, 11_000_000, date(2026, 3, 10))
    assert state.dpd == (book.TODAY - date(2026, 3, 10)).days
    line = AllocationLine.objects.get()
    assert (line.principal_fen, line.interest_fen, line.unapplied_fen) == (1_000_000, 72_000, 0)


def test_a_reversal_may_stand_before_what_it_undoes_and_undoes_it(tmp_path):
    undo = row("transaction", transaction_no="T0", kind="reversal", date="2026-02-11", amount="10720.00", reverses="T1")
    outcome = book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN], transaction=[undo, TRANSACTION])
    assert outcome.total("rejected") == 0
    assert LedgerEvent.objects.get(event_no="T0").reverses.event_no == "T1"
    assert LoanState.objects.get().principal_fen == 12_000_000


@pytest.mark.parametrize(("second", "code"), [
    ({"reverses": "T1"}, "reversed_twice"), ({"reverses": "R1"}, "reverses_reversal"),
    ({"reverses": "T2", "amount": "1.00"}, "reversal_amount"), ({"reverses": "T2", "loan_no": "L2"}, "reverses_other_loan"),
])
def test_a_reversal_that_cannot_act_is_rejected(tmp_path, second, code):
    rows = [TRANSACTION, row("transaction", transaction_no="T2", amount="5.00"),
            row("transaction", transaction_no="R1", kind="reversal", amount="", reverses="T1"),
            row("transaction", transaction_no="R2", kind="reversal", **{"amount": "", **second})]
    outcome = book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN, row("loan", loan_no="L2")], transaction=rows)
    assert [(found[1], found[4]) for found in book.reasons(outcome)] == [(5, code)]


def test_a_loan_paid_out_late_takes_no_repayment_before_that(tmp_path):
    rows = [row("transaction", transaction_no="D1", kind="disbursement", date="2026-03-01", amount="120000.00"), TRANSACTION]
    outcome = book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN], transaction=rows)
    assert [found[4] for found in book.reasons(outcome)] == ["before_disbursement"]
    assert "2026-03-01" in outcome.rejects["reason"][0]


def test_a_payout_that_was_reversed_makes_room_for_another(tmp_path):
    rows = [row("transaction", transaction_no="D1", kind="disbursement", date="2026-01-10", amount="120000.00"),
            row("transaction", transaction_no="D2", kind="disbursement", date="2026-01-12", amount="120000.00"),
            row("transaction", transaction_no="R1", kind="reversal", date="2026-01-11", amount="", reverses="D1")]
    assert book.reasons(book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN], transaction=rows)) == []
    again = book.take_rows(tmp_path, transaction=rows)
    assert (again.total("unchanged"), again.total("rejected")) == (3, 0)


def test_an_instalment_out_of_order_refuses_its_schedule(tmp_path):
    rows = [row("instalment", principal="60000.00", due="2026-03-10"),
            row("instalment", number="2", principal="60000.00", due="2026-02-10")]
    outcome = book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN], instalment=rows)
    assert [(found[1], found[4]) for found in book.reasons(outcome)] == [(2, "schedule_sum"), (3, "due_order")]
    assert Loan.objects.get().schedule_version == 0


def test_a_guarantor_is_one_party_by_identity_number_whatever_he_is_called(tmp_path):
    loans = [LOAN, row("loan", loan_no="L2")]
    rows = [GUARANTOR, row("guarantor", loan_no="L2", name="何桂蘭", id_number=" 9901 0119 7502 0200 22 ")]
    book.take_rows(tmp_path, borrower=[BORROWER], loan=loans, guarantor=rows)
    guarantor = Party.objects.get(borrower_no=None)
    assert (guarantor.name, guarantor.initials, guarantor.kind) == ("何桂兰", "hgl", "person")
    assert Guarantee.objects.filter(guarantor=guarantor).count() == 2


def test_guarantors_without_identity_number_are_told_apart_by_loan_and_name(tmp_path):
    loans = [LOAN, row("loan", loan_no="L2")]
    rows = [row("guarantor", id_number=""), row("guarantor", id_number="", loan_no="L2"),
            row("guarantor", id_number="", name="永顺粮油经营部")]
    book.take_rows(tmp_path, borrower=[BORROWER], loan=loans, guarantor=rows)
    assert sorted(Party.objects.filter(borrower_no=None).values_list("name", "kind")) == [
        ("何桂兰", "person"), ("何桂兰", "person"), ("永顺粮油经营部", "company")]
    assert book.take_rows(tmp_path, guarantor=rows).total("unchanged") == 3


def test_a_guarantor_who_borrows_later_stays_one_party(tmp_path):
    book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN], guarantor=[GUARANTOR])
    book.take_rows(tmp_path, borrower=[row("borrower", borrower_no="B2", name="何桂兰", id_number=GUARANTOR["id_number"])])
    party = Party.objects.get(id_hash=crypto.keyed_hash(GUARANTOR["id_number"]))
    assert party.borrower_no == "B2" and party.guarantees_given.count() == 1
    assert Household.objects.filter(borrower=party).exists()


def test_a_borrower_who_guarantees_another_loan_is_the_same_party(tmp_path):
    second = row("borrower", borrower_no="B2", name="何桂兰", id_number=GUARANTOR["id_number"])
    book.take_rows(tmp_path, borrower=[BORROWER, second], loan=[LOAN], guarantor=[GUARANTOR])
    assert Guarantee.objects.get().guarantor.borrower_no == "B2"


def test_a_collateral_brings_its_valuation_and_a_later_one_is_another_fact(tmp_path):
    book.take_rows(tmp_path, borrower=[BORROWER], loan=[LOAN], collateral=[COLLATERAL])
    book.take_rows(tmp_path, collateral=[row("collateral", appraised="250000.00", appraised_on="2026-06-30")])
    assert list(Valuation.objects.values_list("valued_on", "amount_fen")) == [
        (date(2026, 1, 5), 30_000_000), (date(2026, 6, 30), 25_000_000)]


def test_rejects_are_written_as_plain_utf_8_that_no_spreadsheet_runs_as_a_formula(tmp_path):
    outcome = book.take_rows(tmp_path, borrower=[row("borrower", name="=cmd|' /C calc'!A0"),
                                                 row("borrower", borrower_no="B2", monthly_income="-5.00")])
    path = tmp_path / "borrower.csv.rejects.csv"
    write_file(outcome.rejects_of("borrower.csv"), path)
    raw = path.read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8").splitlines()))
    assert [(found["row_number"], found["column"], found["value"]) for found in rows] == [
        ("2", "name", "'=cmd|' /C calc'!A0"), ("3", "monthly_income", "-5.00")]


def test_personal_values_are_masked_where_rejects_are_kept(tmp_path):
    outcome = book.take_rows(tmp_path, borrower=[row("borrower", id_number="990101198002300011")])
    assert outcome.rejects["value"][0] == "990101198002300011"
    assert Reject.objects.get().value == "990***********0011"


def test_an_import_is_recorded_with_its_files_counts_and_audit_entry(tmp_path):
    outcome = book.base(tmp_path)
    batch = ImportBatch.objects.get()
    assert batch.pk == outcome.batch_id and batch.profile == "standard"
    entry = AuditEntry.objects.get(action="portfolio.import")
    assert entry.subject == f"import:{batch.pk}" and '"taken":1' in entry.after and "borrower.csv" in entry.after
