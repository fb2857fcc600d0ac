"""Components escape what people typed, and say the same thing in word and colour."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory

from qingshou.web import slots
from qingshou.web.timeline import Item, newest_first

EVIL = '<script>alert("x")</script>'


def render(source: str, address: str = "/", **values) -> str:
    return Template(source).render(RequestContext(RequestFactory().get(address), values))


@pytest.mark.parametrize("source", [
    "{% chip x 'good' %}", "{% chip 'a' 'good' x %}", "{% key x %}", "{% tile x x x share=3 url=x help=x %}",
    "{% empty x x x x %}", "{% notice x x %}", "{% crumbs x x x '' %}", "{% progress 3 x %}",
    "{% masked subject=x field=x shown=x %}", "{% steps items %}", "{% timeline events %}", "{% stack parts %}",
    "{% sort x x %}",
])
def test_no_component_lets_markup_through(source: str):
    html = render(source, x=EVIL, items=[{"state": "now", "title": EVIL, "note": EVIL}], parts=[(EVIL, 5, "k1")],
                  events=[Item(datetime(2026, 1, 1, tzinfo=UTC), EVIL, "good", EVIL, EVIL, EVIL)])
    assert "<script" not in html
    assert "&lt;script&gt;" in html or "%3Cscript%3E" in html


@pytest.mark.parametrize(("share", "width"), [(-5, 0), (0, 0), (68, 68), (250, 100)])
def test_a_bar_stays_in_its_tile(share: int, width: int):
    assert f"width:{width}%" in render("{% tile 'a' 1 share=share %}", share=share)


def test_a_tile_without_a_share_has_no_bar():
    assert "bar" not in render("{% tile 'a' 1 %}")


def test_a_stack_is_split_by_amount_and_leaves_out_what_is_zero():
    html = render("{% stack parts %}", parts=[("本金", 7_500, "k1"), ("利息", 2_500, "k2"), ("费用", 0, "k5")])
    assert "width:75.00%" in html and "width:25.00%" in html and "费用" not in html and "本金 75.00" in html


def test_a_stack_of_nothing_is_nothing():
    assert render("{% stack parts %}", parts=[("本金", 0, "k1")]).strip() == ""


@pytest.mark.parametrize(("permille", "percent"), [(-1, 0), (0, 0), (645, 64), (1000, 100), (5000, 100)])
def test_progress_stays_between_nothing_and_all(permille: int, percent: int):
    html = render("{% progress permille 'x' %}", permille=permille)
    assert f'aria-valuenow="{percent}"' in html and "hx-get" not in html


def test_progress_with_an_address_asks_again_by_itself():
    assert 'hx-get="/jobs/1/"' in render("{% progress 5 'x' '/jobs/1/' %}")


class OneField(forms.Form):
    amount = forms.IntegerField(label="金额", help_text="单位：元", min_value=1)


def test_a_field_ties_label_help_and_errors_to_its_control():
    html = render("{% field form.amount %}", form=OneField({"amount": "0"}))
    assert 'for="id_amount"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_amount_helptext"' in html and 'id="id_amount_error"' in html
    described = html.split('aria-describedby="')[1].split('"')[0].split()
    assert "id_amount_helptext" in described


def test_an_optional_field_says_so():
    form = OneField()
    form.fields["amount"].required = False
    assert "（可不填）" in render("{% field form.amount %}", form=form)


def test_the_pager_keeps_the_filters():
    html = render("{% pager page %}", "/?village=a%26b&page=2", page=Paginator(range(500), 50).page(2))
    assert 'href="?village=a%26b&amp;page=3"' in html and 'href="?village=a%26b&amp;page=1"' in html
    assert "51–100" in html


def test_a_single_page_has_only_a_count():
    html = render("{% pager page %}", page=Paginator(range(3), 50).page(1))
    assert "3" in html and "<a" not in html


@pytest.mark.parametrize(("address", "href", "state"), [
    ("/", "?sort=owed", ""), ("/?sort=owed&page=4", "?sort=-owed", 'aria-sort="ascending"'),
    ("/?sort=-owed&q=a", "?sort=owed&amp;q=a", 'aria-sort="descending"'), ("/?sort=name", "?sort=owed", ""),
])
def test_a_sort_header_turns_round_and_returns_to_the_first_page(address: str, href: str, state: str):
    html = render("{% sort 'owed' 'Owed' numeric=True %}", address)
    assert f'href="{href}"' in html and state in html and ("aria-sort" in html) == bool(state)


def test_a_slot_shows_what_rooms_provided_in_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(slots, "_provided", type(slots._provided)(list))
    slots.provide("x.side", lambda request, number: f"<p>{number}</p>", order=20)
    slots.provide("x.side", lambda request, number: None, order=15)
    slots.provide("x.side", lambda request, number: "<b>first</b>", order=10)
    assert render("{% slot 'x.side' number=5 %}") == "<b>first</b><p>5</p>"
    assert render("{% slot 'x.other' %}") == ""


def test_providing_twice_shows_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(slots, "_provided", type(slots._provided)(list))

    def panel(request):
        return "x"

    slots.provide("x", panel)
    slots.provide("x", panel)
    assert slots.provided("x") == [panel] and slots.first("x") is panel and slots.first("y") is None


def test_a_timeline_is_newest_first_and_keeps_equal_times_in_order():
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    items = [Item(early, "a", "mut", "1", ""), Item(late, "b", "mut", "2", ""), Item(late, "c", "mut", "3", "")]
    assert [item.title for item in newest_first(items)] == ["2", "3", "1"]
