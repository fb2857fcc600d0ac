"""Pages of households and loans: what they show, to whom, at what cost."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from qingshou.access.models import AuditEntry, SavedView
from qingshou.portfolio.models import Collateral, ContactPoint, Guarantee, LedgerEvent, Party, Relation, Valuation
from tests import factories
from tests.portfolio.states import make_states

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, bank):
    def sign_in(role):
        client.force_login(bank.users.get(role) or bank.other_collector)
        return client
    return sign_in


@pytest.fixture
def furnished(bank):
    """The first household with everything that its page can show."""
    home, loan = bank.households[0], bank.loans[0]
    guarantor = Party.objects.create(kind="person", name="周满福", initials="zmf", phone="19933334444", phone_tail="4444")
    Guarantee.objects.create(loan=loan, guarantor=guarantor, kind="joint", amount_fen=5_000_000)
    thing = Collateral.objects.create(collateral_no="DY-1", loan=loan, kind="房产", description="青石村 12 号住宅",
                                      owner="周满仓")
    Valuation.objects.create(collateral=thing, valued_on=date(2024, 12, 1), amount_fen=30_000_000, source="放款评估")
    Valuation.objects.create(collateral=thing, valued_on=date(2026, 6, 1), amount_fen=25_000_000, source="年度复估")
    Relation.objects.create(party=home.borrower, name="周满囤", kind="kin", phone="19955556666", phone_tail="6666",
                            source="走访", confidence_percent=80)
    ContactPoint.objects.create(party=home.borrower, kind="phone", value="19977778888", tail="8888", source="客户填报",
                                lawful_basis="合同约定", verified_on=date(2026, 5, 1))
    ContactPoint.objects.create(party=home.borrower, kind="address", value="东山县柳沟村七组 3 号", source="走访",
                                withdrawn_on=date(2026, 5, 2))
    factories.make_event(loan, "disbursement", date(2025, 1, 1), 10_000_000)
    factories.make_event(loan, "repayment", date(2026, 3, 1), 2_000_000, channel="柜面")
    make_states(home, segment="unclassified", segment_missing="ability,willingness")
    return home


def test_a_household_page_shows_what_is_owed_by_whom_and_why(signed_in, furnished):
    page = signed_in("collector").get(reverse("portfolio:household", args=[furnished.pk])).content.decode()
    state = furnished.state
    for shown in (f"{state.total_owed_fen // 100:,}.{state.total_owed_fen % 100:02d}", "20,000.00", "周满福", "连带责任保证",
                  "青石村 12 号住宅", "250,000.00", "周满囤", "合同约定", "2026-05-01 核实", "撤回，不得使用", "关注",
                  "还款能力、还款意愿", "商业银行金融资产风险分类办法", "柜面 20,000.00", "第 1 期 107,300.00 到期未足额"):
        assert shown in page, shown


def test_personal_data_stands_masked_on_the_page(signed_in, furnished):
    page = signed_in("collector").get(reverse("portfolio:household", args=[furnished.pk])).content.decode()
    borrower = furnished.borrower
    for secret in (borrower.phone, borrower.id_number, "19933334444", "19955556666", "19977778888", "柳沟村七组"):
        assert secret not in page
    assert "199****4444" in page and f"party%3A{borrower.pk}" in page


@pytest.mark.parametrize(("subject", "field", "plain"), [
    ("borrower", "phone", "borrower"), ("guarantor", "phone", "19933334444"), ("relation", "phone", "19955556666"),
    ("contact_point", "value", "19977778888")])
def test_who_may_see_the_household_may_unmask_with_a_reason_and_nobody_else(signed_in, furnished, subject, field, plain):
    pk = {"borrower": furnished.borrower_id, "guarantor": Party.objects.get(name="周满福").pk,
          "relation": Relation.objects.get().pk, "contact_point": ContactPoint.objects.filter(kind="phone").get().pk}[subject]
    kind = subject if subject in ("relation", "contact_point") else "party"
    asked = {"subject": f"{kind}:{pk}", "field": field, "reason": "电话催收"}
    plain = furnished.borrower.phone if plain == "borrower" else plain
    assert plain in signed_in("collector").post(reverse("access:unmask"), asked).content.decode()
    assert signed_in("other").post(reverse("access:unmask"), asked).status_code == 404


@pytest.mark.parametrize("address", [
    lambda home, loan: reverse("portfolio:household", args=[home.pk]),
    lambda home, loan: reverse("portfolio:loan", args=[loan.loan_no]),
    lambda home, loan: reverse("portfolio:statement", args=[loan.loan_no]),
    lambda home, loan: reverse("portfolio:statement_pdf", args=[loan.loan_no]),
    lambda home, loan: reverse("portfolio:statement_xlsx", args=[loan.loan_no]),
], ids=["household", "loan", "statement", "pdf", "xlsx"])
def test_another_collectors_household_is_not_there(signed_in, bank, address):
    assert signed_in("collector").get(address(bank.households[0], bank.loans[0])).status_code == 200
    for home, loan in zip(bank.households[2:], bank.loans[2:], strict=True):
        assert signed_in("collector").get(address(home, loan)).status_code == 404
    assert signed_in("admin").get(address(bank.households[0], bank.loans[0])).status_code == 404
    assert signed_in("manager").get(address(bank.households[3], bank.loans[3])).status_code == 404
    assert signed_in("legal").get(address(bank.households[3], bank.loans[3])).status_code == 200


def test_lists_and_exports_hold_only_the_viewers_field(signed_in, bank):
    make_states(*bank.households)
    client = signed_in("collector")
    for name in ("households", "loans"):
        page = client.get(reverse(f"portfolio:{name}")).content.decode()
        assert "何桂兰" in page and "赵有田" not in page and "永顺粮油" not in page
        sheet = rows(client.post(reverse(f"portfolio:{name}_export")).content)
        names = {cell for row in sheet for cell in row}
        assert "何桂兰" in names and "赵有田" not in names
    assert signed_in("admin").get(reverse("portfolio:households")).status_code == 403
    assert signed_in("admin").post(reverse("portfolio:households_export")).status_code == 403


def rows(content):
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def test_an_export_masks_personal_data_and_is_written_down(signed_in, bank):
    borrower = bank.households[0].borrower
    content = signed_in("collector").post(reverse("portfolio:households_export") + "?village=青石村").content
    cells = {cell for row in rows(content) for cell in row}
    assert borrower.phone not in cells and borrower.id_number not in cells
    entry = AuditEntry.objects.get(action="portfolio.export")
    assert entry.actor == "collector" and '"village":"青石村"' in entry.after and '"rows":1' in entry.after


def test_only_compliance_exports_personal_data_in_plain_and_says_why(signed_in, bank):
    url, borrower = reverse("portfolio:households_export"), bank.households[0].borrower
    assert signed_in("legal").post(url, {"plain": "1", "reason": "x"}).status_code == 403
    assert signed_in("compliance").post(url, {"plain": "1", "reason": " "}).status_code == 422
    content = signed_in("compliance").post(url, {"plain": "1", "reason": "外部检查调阅"}).content
    assert borrower.id_number in {cell for row in rows(content) for cell in row}
    assert AuditEntry.objects.get(action="portfolio.export").reason == "外部检查调阅"


PEOPLE = {"周满仓", "何桂兰", "赵有田"}
EVERYBODY = PEOPLE | {"永顺粮油经营部"}


@pytest.mark.parametrize(("query", "names"), [
    ("level=bad", EVERYBODY - PEOPLE), ("level=special_mention", PEOPLE), ("village=柳沟村", {"何桂兰"}),
    ("stage=overdue", EVERYBODY), ("stage=current", set()), ("segment=A2", {"何桂兰"}), ("least=1000000", set()),
    ("most=1", set()), ("least=1,000", EVERYBODY), ("product=小额农户贷款", EVERYBODY), ("level=nonsense", EVERYBODY),
])
def test_a_list_is_narrowed_by(signed_in, bank, query, names):
    make_states(bank.households[0], bank.households[2])
    make_states(bank.households[1], segment="A2")
    make_states(bank.households[3], level="doubtful")
    page = signed_in("legal").get(reverse("portfolio:households") + "?" + query).content.decode()
    assert {home.borrower.name for home in bank.households if f">{home.borrower.name}<" in page} == names


def test_a_list_sorts_and_keeps_saved_views(signed_in, bank):
    make_states(*bank.households)
    client = signed_in("legal")
    page = client.get(reverse("portfolio:households") + "?sort=name").content.decode()
    shown = sorted((home.borrower.name for home in bank.households), key=page.index)
    assert shown == sorted(shown)
    client.post(reverse("access:view_save"), {"page": "households", "name": "柳沟", "query": "village=柳沟村&page=3"})
    assert SavedView.objects.get().query.count("=") == 1
    assert "柳沟</a>" in client.get(reverse("portfolio:households")).content.decode()
    assert "柳沟</a>" not in signed_in("manager").get(reverse("portfolio:households")).content.decode()


def test_a_loan_page_shows_the_ledger_with_splits_and_the_schedule(signed_in, furnished):
    loan = furnished.loans.get()
    page = signed_in("collector").get(reverse("portfolio:loan", args=[loan.loan_no])).content.decode()
    # 2026-03-01: penalty 100,000 × 10.8 % × 59 ÷ 360 = 1,770.00, then interest 7,300.00, then principal.
    assert "罚息 1,770.00 · 利息 7,300.00 · 本金 10,930.00" in page
    assert "89,070.00" in page and "部分未还" in page and "10.80%" in page
    assert "登记交易" not in page  # a collector does not post


def test_a_loan_at_an_earlier_date_owes_what_it_owed_then(signed_in, furnished):
    url = reverse("portfolio:loan", args=[furnished.loans.get().loan_no])
    page = signed_in("collector").get(url + "?date=2025-07-01").content.decode()
    assert "103,620.00" in page  # 100,000.00 and 181 days at 20.00 a day
    later = signed_in("collector").get(url + "?date=2027-01-01").content.decode()
    assert "尚未到来" in later


@pytest.mark.parametrize("asked", ["2024-12-31", "2099-01-01", "2026-02-30", "yesterday", "99999999-01-01", ""])
@pytest.mark.parametrize("page", ["loan", "statement"])
def test_an_impossible_date_shows_today_and_says_so(signed_in, furnished, page, asked):
    url = reverse(f"portfolio:{page}", args=[furnished.loans.get().loan_no])
    answer = signed_in("collector").get(url, {"date": asked})
    assert answer.status_code == 200
    assert ("日期须" in answer.content.decode()) == (asked != "")


def test_a_reversed_event_is_struck_through_and_linked(signed_in, furnished):
    loan = furnished.loans.get()
    event = LedgerEvent.objects.get(kind="repayment")
    reversal = factories.make_event(loan, "reversal", date(2026, 3, 2), reverses=event)
    page = signed_in("operations").get(reverse("portfolio:loan", args=[loan.loan_no])).content.decode()
    assert f'id="event-{event.pk}" class="gone' in page and f'href="#event-{reversal.pk}"' in page
    assert "100,000.00" in page and "登记交易" in page


def test_a_contract_number_may_hold_any_character(signed_in, bank):
    loan = factories.make_loan(bank.households[0], loan_no="农信借字[2024]/001号 #?")
    answer = signed_in("collector").get(reverse("portfolio:loan", args=[loan.loan_no]))
    assert answer.status_code == 200 and "农信借字[2024]/001号 #?" in answer.content.decode()
    assert signed_in("collector").get(reverse("portfolio:statement", args=[loan.loan_no])).status_code == 200


@pytest.mark.parametrize("page", ["household", "loan", "households", "loans", "statement"])
def test_the_number_of_queries_does_not_grow_with_rows(signed_in, bank, page):
    home = bank.households[0]

    def address():
        return {"household": lambda: reverse("portfolio:household", args=[home.pk]),
                "loan": lambda: reverse("portfolio:loan", args=[bank.loans[0].loan_no]),
                "statement": lambda: reverse("portfolio:statement", args=[bank.loans[0].loan_no]),
                "households": lambda: reverse("portfolio:households"), "loans": lambda: reverse("portfolio:loans")}[page]()

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address()).status_code == 200
        return len(queries)

    def grow(times):
        for _ in range(times):
            loan = factories.make_loan(home)
            guarantor = Party.objects.create(kind="person", name="保", initials="b", phone="19900000000")
            Guarantee.objects.create(loan=loan, guarantor=guarantor, kind="joint")
            thing = Collateral.objects.create(collateral_no=f"DY-{loan.pk}", loan=loan, kind="房产", description="房")
            Valuation.objects.create(collateral=thing, valued_on=date(2026, 1, 1), amount_fen=1, source="评估")
            Relation.objects.create(party=home.borrower, name="亲", kind="kin", source="走访")
            ContactPoint.objects.create(party=home.borrower, kind="phone", value="19900000001", source="走访")
            Guarantee.objects.create(loan=bank.loans[3], guarantor=Party.objects.create(kind="person", name="他", initials="t"),
                                     kind="general")
            for each in (loan, bank.loans[0]):
                factories.make_event(each, "repayment", date(2026, 2, 1), 100)
            other = factories.make_household(bank.users["collector"], bank.first)
            factories.make_loan(other)

    client = signed_in("collector")
    grow(1)
    count()
    few = count()
    grow(6)
    assert count() == few <= 45
