"""Reasons as data."""

from __future__ import annotations

import json
import re
from datetime import date

import polars as pl
import pytest

from qingshou.engine import reason_texts
from qingshou.engine.reasons import as_json, describe, listed, reason
from tests.engine.policies import rules


def test_a_column_of_reasons_is_json_with_numbers_dates_and_codes():
    frame = pl.DataFrame({"dpd": [91, None], "level": ["substandard", None], "due_on": [date(2026, 1, 31), None]})
    told = frame.select(listed(reason("overdue", "classification.overdue", dpd=pl.col("dpd"), level=pl.col("level"),
                                      due_on=pl.col("due_on"), since=date(2026, 1, 1), limit_ppm=1))).to_series()
    assert json.loads(told[0]) == [{"code": "overdue", "rule": "classification.overdue", "dpd": 91, "level": "substandard",
                                    "due_on": "2026-01-31", "since": "2026-01-01", "limit_ppm": 1}]
    assert json.loads(told[1])[0]["dpd"] is None


def test_reasons_that_do_not_hold_are_left_out_and_none_is_an_empty_list():
    frame = pl.DataFrame({"bad": [True, False]})
    told = frame.select(listed(pl.when("bad").then(reason("guarantee", "priority.stage")), pl.lit(None, dtype=pl.String)))
    assert [len(json.loads(text)) for text in told.to_series()] == [1, 0]


def test_columns_and_dictionaries_write_the_same_json():
    frame = pl.DataFrame({"days": [3]})
    column = frame.select(listed(reason("deadline", "priority.deadline_within_days", days=pl.col("days")))).item()
    assert column == as_json([{"code": "deadline", "rule": "priority.deadline_within_days", "days": 3}])


def test_a_reason_without_words_cannot_be_given():
    with pytest.raises(KeyError, match="no_such_reason"):
        reason("no_such_reason", "priority.stage")


def test_words_show_money_as_yuan_shares_as_percent_codes_by_name():
    text = as_json([{"code": "contagion", "rule": "classification.contagion_over_ppm", "limit_ppm": 100_000,
                     "bad_fen": 1_234_567_89, "total_fen": 99, "level": "substandard"}])
    assert describe(text, rules())[0]["text"] == "同一债务人在本行债务 0.99 元中不良 1,234,567.89 元，超过 10%，全部归为不良"


def test_words_go_through_the_translation_with_the_names_in_them():
    english = {"逾期 %(dpd)s 天，至少归为%(level)s": "%(dpd)s days overdue: at least %(level)s", "次级": "substandard"}
    text = as_json([{"code": "overdue", "rule": "classification.overdue", "dpd": 91, "level": "substandard"}])
    told = describe(text, rules(), translate=lambda chinese: english[chinese])
    assert told[0]["text"] == "91 days overdue: at least substandard"


def test_several_holds_are_named_one_by_one():
    text = as_json([{"code": "held", "rule": "paths.holds", "held_code": "promise,lawyer"}])
    assert describe(text, rules())[0]["text"] == "已暂停：承诺还款、已委托律师"


def test_the_source_stands_beside_the_words_and_doubt_is_told():
    sure, doubtful = describe(as_json([{"code": "overdue", "rule": "classification.overdue", "dpd": 1, "level": "normal"},
                                       {"code": "guarantee", "rule": "priority.guarantee_collectible_ppm"}]), rules())
    assert sure["source"] == rules().source("classification.overdue") and not sure["doubtful"]
    assert doubtful["doubtful"]


def test_a_rule_that_is_no_longer_in_force_keeps_its_id_and_has_no_source():
    told = describe(as_json([{"code": "too_many", "rule": "conduct.dial_limit", "days": 1, "count": 6, "most": 6}]),
                    rules(date(2020, 1, 1)))
    assert (told[0]["rule"], told[0]["source"]) == ("conduct.dial_limit", "")


def test_no_reasons_are_described_as_none():
    assert describe("", rules()) == describe("[]", rules()) == []


def test_every_text_takes_its_parameters_by_name():
    for text in reason_texts.TEXTS.values():
        assert not re.sub(r"%\(\w+\)s", "", text).count("%"), text
