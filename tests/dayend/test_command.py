"""``qingshou dayend``: what it prints and how it ends."""

from __future__ import annotations

import json

import pytest

from qingshou.cli.main import main
from qingshou.portfolio.models import BusinessDay, LoanState
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_closes_the_open_day_and_says_what_it_did_by_step(capsys):
    factories.make_bank()
    assert main(["dayend"]) == 0
    out = capsys.readouterr().out
    assert "2026-11-24 日终完成" in out and "重算 4 笔" in out and "首次认定为关注及以下 4 笔" in out
    assert set(LoanState.objects.values_list("as_of", flat=True)) == {factories.TODAY}


def test_the_same_date_again_says_that_nothing_changed(capsys):
    factories.make_bank()
    main(["dayend", "--date", "2026-11-24"])
    capsys.readouterr()
    assert main(["dayend", "--date", "2026-11-24"]) == 0
    assert capsys.readouterr().out == "2026-11-24 已日终，没有改变任何数据。\n"


def test_json_names_every_day_with_its_counts(capsys):
    factories.make_bank()
    assert main(["dayend", "--date", "2026-11-26", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changed"] and [day["date"] for day in told["days"]] == ["2026-11-24", "2026-11-25", "2026-11-26"]
    assert told["days"][0]["folded"] == 4 and told["days"][1]["advanced"] == 4
    main(["dayend", "--date", "2026-11-26", "--json"])
    assert json.loads(capsys.readouterr().out) == {"asked": "2026-11-26", "changed": False, "days": [], "history_rebuilt": []}


@pytest.mark.parametrize(("given", "status", "said"), [
    ("2026-11-01", 1, "早于"), ("2030-01-01", 1, "400"), ("2026-02-30", 2, "2026-02-30"), ("x", 2, "x")])
def test_a_date_that_cannot_be_closed_is_refused(capsys, given, status, said):
    factories.make_bank()
    try:
        ended = main(["dayend", "--date", given])
    except SystemExit as exit_:
        ended = exit_.code
    assert ended == status
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error
    assert BusinessDay.objects.get().date == factories.TODAY
