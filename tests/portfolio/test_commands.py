"""qingshou quote and qingshou statement."""

from __future__ import annotations

import json
from datetime import date

import pytest

from qingshou.cli.main import main
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def loan(bank):
    factories.make_event(bank.loans[0], "repayment", date(2026, 3, 1), 2_000_000)
    return bank.loans[0]


def test_a_quote_says_what_clears_the_loan_on_a_date(loan, capsys):
    assert main(["quote", loan.loan_no, "--date", "2026-03-02", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    # After 20,000.00 on 1 March: 89,070.00 at 10.8 % for one day is 26.72.
    assert (told["principal"], told["penalty"], told["payoff"], told["dpd"]) == ("89070.00", "26.72", "89096.72", 60)


def test_a_quote_without_a_date_is_of_the_business_date(loan, capsys):
    assert main(["quote", loan.loan_no, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["date"] == "2026-11-24"


def test_a_statement_lists_each_segment_and_adds_up(loan, capsys):
    assert main(["statement", loan.loan_no, "--date", "2026-03-02", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [line["amount"] for line in told["segments"]] == ["7300.00", "1770.00", "26.72"]
    assert told["totals"]["interest"] == {"arisen": "7300.00", "paid": "7300.00", "waived": "0.00", "owed": "0.00"}
    assert told["total"] == "89096.72"


def test_a_statement_is_written_as_pdf_and_xlsx(loan, capsys, tmp_path):
    assert main(["statement", loan.loan_no, "--pdf", str(tmp_path / "a.pdf"), "--xlsx", str(tmp_path / "a.xlsx")]) == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF") and (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
    assert loan.loan_no in capsys.readouterr().out


@pytest.mark.parametrize("command", ["quote", "statement"])
@pytest.mark.parametrize(("arguments", "said"), [(["no-such"], "no-such"), (["L", "--date", "2024-12-31"], "2025-01-01"),
                                                 (["L", "--date", "2199-01-01"], "2036-")])
def test_an_unknown_loan_or_a_date_out_of_bounds_is_refused_with_the_reason(loan, capsys, command, arguments, said):
    assert main([command, loan.loan_no if arguments[0] == "L" else arguments[0], *arguments[1:]]) == 1
    told = capsys.readouterr()
    assert said in told.err and told.out == "" and "Traceback" not in told.err
