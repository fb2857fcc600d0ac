"""Hostile and unusual input on the pages of the portfolio."""

from __future__ import annotations

import pytest
from django.urls import reverse

from qingshou.access.models import AuditEntry
from qingshou.portfolio.models import LevelDecision
from tests import factories
from tests.portfolio.states import make_states

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert(1)</script> #panic("x") *_$` ]) 😀'


@pytest.fixture
def signed_in(client, bank):
    def sign_in(role):
        client.force_login(bank.users[role])
        return client
    return sign_in


def test_names_cannot_become_markup_on_pages_or_in_the_pdf(signed_in, bank):
    home = factories.make_household(bank.users["collector"], bank.first, HOSTILE)
    loan = factories.make_loan(home, product=HOSTILE, purpose=HOSTILE)
    factories.make_event(loan, "fee", factories.TODAY, 100, note=HOSTILE, channel=HOSTILE[:20])
    client = signed_in("collector")
    for url in (reverse("portfolio:household", args=[home.pk]), reverse("portfolio:loan", args=[loan.loan_no]),
                reverse("portfolio:households"), reverse("portfolio:loans"), reverse("portfolio:search") + "?q=script"):
        page = client.get(url, follow=True).content.decode()
        assert "<script>alert" not in page
    assert client.get(reverse("portfolio:statement_pdf", args=[loan.loan_no])).content.startswith(b"%PDF")


@pytest.mark.parametrize("url", ["/households/99999999999999999999999/", "/households/0/", "/loans/%00/", "/loans/no/such/",
                                 "/loans/no/statement.pdf", "/loans/no/statement.xlsx", "/loans/no/statement/"])
def test_what_is_not_there_is_a_404(signed_in, bank, url):
    assert signed_in("operations").get(url).status_code == 404


@pytest.mark.parametrize("query", ["?unit=abc", "?unit=99999999999999999999", "?custodian=-1", "?least=abc", "?least=-5",
                                   "?most=99999999999999999999", "?sort=password", "?page=x", "?village=%00", "?stage=%27"])
def test_nonsense_in_the_filters_does_not_filter(signed_in, bank, query):
    for name in ("households", "loans"):
        assert signed_in("operations").get(reverse(f"portfolio:{name}") + query).status_code == 200


@pytest.mark.parametrize("fields", [
    {"kind": "repayment", "date": "2026-02-30", "amount": "1"}, {"kind": "repayment", "date": "2026-11-24", "amount": "-1"},
    {"kind": "repayment", "date": "2026-11-24", "amount": "1e9"}, {"kind": "x", "date": "2026-11-24", "amount": "1"},
    {"kind": "repayment", "date": "2026-11-24", "amount": "99999999999999999999"}, {},
    {"reverses": "9" * 30, "date": "2026-11-24"},
    {"reverses": "x", "date": "2026-11-24"}, {"kind": "rate_change", "date": "2026-11-24", "rate": "7.23456"}])
def test_a_wrong_entry_comes_back_with_its_errors(signed_in, bank, fields):
    client = signed_in("operations")
    for page in ("enter", "confirm"):
        answer = client.post(reverse(f"portfolio:{page}", args=[bank.loans[0].loan_no]), fields)
        assert answer.status_code == 422 and 'id="preview"' not in answer.content.decode()


def test_a_preview_that_went_stale_comes_back_as_a_new_one(signed_in, bank):
    loan, client = bank.loans[0], signed_in("operations")
    given = {"kind": "repayment", "date": "2026-06-01", "amount": "100.00"}
    page = client.post(reverse("portfolio:enter", args=[loan.loan_no]), given).content.decode()
    fingerprint = page.split('name="fingerprint" value="')[1].split('"')[0]
    factories.make_event(loan, "repayment", factories.TODAY, 500)
    confirmed = given | {"fingerprint": fingerprint, "event_no": "H1", "reason": "补录"}
    answer = client.post(reverse("portfolio:confirm", args=[loan.loan_no]), confirmed)
    assert answer.status_code == 422 and "请重新预览" in answer.content.decode()
    fresh = answer.content.decode().split('name="fingerprint" value="')[1].split('"')[0]
    assert fresh != fingerprint
    assert client.post(reverse("portfolio:confirm", args=[loan.loan_no]), confirmed | {"fingerprint": fresh}).status_code == 302


def test_a_confirmation_without_a_reason_keeps_the_preview(signed_in, bank):
    loan, client = bank.loans[0], signed_in("operations")
    given = {"kind": "fee", "date": "2026-06-01", "amount": "100.00", "fingerprint": "f", "event_no": "H1", "reason": ""}
    page = client.post(reverse("portfolio:confirm", args=[loan.loan_no]), given).content.decode()
    assert 'id="preview"' in page and loan.events.count() == 0


def test_looking_up_a_whole_personal_number_is_written_down_without_the_number(signed_in, bank):
    home = bank.households[0]
    answer = signed_in("collector").get(reverse("portfolio:search"), {"q": home.borrower.id_number})
    assert answer.status_code == 302 and answer["Location"] == reverse("portfolio:household", args=[home.pk])
    signed_in("collector").get(reverse("portfolio:search"), {"q": "19888887777"})
    found, missed = AuditEntry.objects.filter(action="portfolio.look_up").order_by("sequence")
    assert found.after == f'{{"households":[{home.pk}],"kind":"identity"}}'
    assert missed.after == '{"households":[],"kind":"phone"}'
    assert not AuditEntry.objects.filter(after__contains=home.borrower.id_number).exists()


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800".encode("utf-8", "surrogatepass"), "'" * 60, "字" * 5000, "%25", "\\"])
def test_any_text_may_be_searched_for(signed_in, bank, text):
    for page in ("search", "suggest"):
        assert signed_in("collector").get(reverse(f"portfolio:{page}"), {"q": text}).status_code == 200


def test_suggestions_do_not_look_up_whole_personal_numbers(signed_in, bank):
    client, home = signed_in("collector"), bank.households[0]
    assert "周满仓" in client.get(reverse("portfolio:suggest"), {"q": "周"}).content.decode()
    page = client.get(reverse("portfolio:suggest"), {"q": home.borrower.id_number}).content.decode()
    assert "周满仓" not in page and not AuditEntry.objects.exists()


def test_who_sees_no_household_searches_none(signed_in, bank):
    for page in ("search", "suggest"):
        assert signed_in("admin").get(reverse(f"portfolio:{page}"), {"q": "周"}).status_code == 403
    assert 'role="search"' not in signed_in("admin").get("/account/").content.decode()


def test_a_class_is_decided_on_the_loans_page(signed_in, bank):
    make_states(bank.households[0], level="doubtful")
    loan = bank.loans[0]
    url = reverse("portfolio:level", args=[loan.loan_no])
    page = signed_in("risk").get(reverse("portfolio:loan", args=[loan.loan_no])).content.decode()
    assert "人工下调" in page and "批准上调" in page
    assert "人工下调" not in signed_in("legal").get(reverse("portfolio:loan", args=[loan.loan_no])).content.decode()
    client = signed_in("manager")
    client.post(url, {"decision": "lower", "level": "loss", "reason": ""})
    client.post(url, {"decision": "lower", "level": "normal", "reason": "理由"})
    assert not LevelDecision.objects.exists()
    client.post(url, {"decision": "lower", "level": "loss", "reason": "借款人失踪"})
    assert LevelDecision.objects.get().level == "loss"
    assert client.post(url, {"decision": "raise", "level": "normal", "reason": "理由"}).status_code == 403
    assert signed_in("legal").post(url, {"decision": "lower", "level": "loss", "reason": "理由"}).status_code == 403


def test_the_pages_speak_english_too(signed_in, bank):
    client = signed_in("operations")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("portfolio:loan", args=[bank.loans[0].loan_no])).content.decode()
    wanted = ("Ledger", "Schedule", "days overdue", "Principal", "Enter a transaction")
    assert [word for word in wanted if word not in page] == []
    assert "账务" not in page
