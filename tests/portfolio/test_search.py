"""One box finds a household by what people know of it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qingshou.portfolio.models import ContactPoint, Guarantee, Party, Relation
from qingshou.portfolio.queries.search import exact_kind, search
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(bank):
    """周满仓 (19912345678, 990101198001010011), his guarantor 周满福, his brother's telephone 19955550000."""
    home = factories.make_household(bank.users["collector"], bank.first, "欧阳满囤", initials="oymd", phone="19912345678",
                                    id_number="990101198001010011", borrower_no="KH000777")
    loan = factories.make_loan(home, loan_no="HT-2025-0099")
    guarantor = Party.objects.create(kind="person", name="周满福", initials="zmf")
    Guarantee.objects.create(loan=loan, guarantor=guarantor, kind="joint")
    ContactPoint.objects.create(party=home.borrower, kind="phone", value="19966667777", tail="7777", source="客户填报")
    Relation.objects.create(party=home.borrower, name="欧阳满仓", kind="kin", phone="19955550000", phone_tail="0000",
                            source="走访")
    return home


@pytest.mark.parametrize("text", [
    "欧阳", "满囤", "欧阳满囤", "oym", "OYMD", "ｏｙｍｄ", "周满福", "5678", "7777", "0000", "19912345678", "199 1234 5678",
    "+8619912345678", "19966667777", "19955550000", "990101198001010011", " 990101 19800101 0011 ", "HT-2025",
    "HT-2025-0099", "KH000777",
])
def test_a_household_is_found_by(people, bank, text):
    assert [found.household for found in search(bank.users["collector"], text).found] == [people]


@pytest.mark.parametrize("text", ["", " ", "欧阳满囤子", "1234", "19912345679", "990101198001010012", "%", "_", "'; --",
                                  "\\", "HT-2026"])
def test_nothing_is_found_by(people, bank, text):
    assert search(bank.users["collector"], text).found == []


def test_nobody_finds_what_lies_outside_their_field(people, bank):
    for text in ("欧阳", "oymd", "5678", "19912345678", "990101198001010011", "HT-2025-0099", "KH000777", "周满福", "7777"):
        assert search(bank.other_collector, text).found == []
        assert search(bank.users["admin"], text).found == []
        assert [found.household for found in search(bank.users["manager"], text).found] == [people]


def test_a_contract_number_names_the_loan_and_a_guarantor_is_named(people, bank):
    assert search(bank.users["legal"], "HT-2025-0099").found[0].loan_no == "HT-2025-0099"
    assert "周满福" in search(bank.users["legal"], "周满").found[-1].why


def test_a_long_list_is_cut_and_says_so(bank):
    for number in range(30):
        factories.make_household(bank.users["collector"], bank.first, f"王{number:02d}", initials=f"w{number:02d}")
    answer = search(bank.users["legal"], "王")
    assert len(answer.found) == 20 and answer.more


def test_the_number_of_queries_does_not_grow_with_what_is_found(bank):
    def count(text):
        with CaptureQueriesContext(connection) as queries:
            search(bank.users["legal"], text)
        return len(queries)

    search(bank.users["legal"], "x")
    factories.make_household(None, None, "王一", initials="wy")
    few = count("王")
    for number in range(15):
        factories.make_household(None, None, f"王{number}", initials="wy")
    assert count("王") <= few <= 6


@pytest.mark.parametrize(("text", "kind"), [("19912345678", "phone"), ("990101198001010011", "identity"),
                                            ("91350100M000100Y43", "identity"), ("5678", ""), ("周满仓", ""), ("B000001", "")])
def test_whole_personal_numbers_are_told_apart(text, kind):
    assert exact_kind(text) == kind


def test_a_name_prefix_uses_the_index(bank):
    """The plan of the name search names the index, on either store."""
    from qingshou.portfolio.queries.search import _prefix

    sql, parameters = Party.objects.filter(_prefix("name", "周")).values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, parameters)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "portfolio_party_name" in plan, plan
