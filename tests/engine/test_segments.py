"""The 22-way segmentation (V6)."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest

from qingshou.engine import paths, segments
from tests.engine.policies import rules
from tests.engine.tables import cases, each

NAMES = list(segments.INPUTS)
COMPLETE = list(product(*segments.INPUTS.values()))


def judge(table: list[dict], in_force=None) -> pl.DataFrame:
    frame = pl.DataFrame([{**dict(zip(NAMES, case["found"], strict=True)), "kind": case.get("kind", "person"),
                           "guarantee_kind": case.get("guarantee_kind", "credit")} for case in table])
    return segments.segment(frame, in_force or rules())


@each("segments")
def test_one_household(case):
    row = judge([case]).row(0, named=True)
    assert (row["segment"], row["segment_missing"], row["path"]) == (case["segment"], case.get("missing", ""), case["path"])


def test_many_households_at_once_are_judged_as_one_by_one_and_keep_their_order():
    table = cases("segments") * 3
    judged = judge(table)
    assert judged["segment"].to_list() == [case["segment"] for case in table]
    assert judged["path"].to_list() == [case["path"] for case in table]


def test_there_are_22_segments_in_five_business_states_each_reached_and_with_a_path():
    listed = [code.code for code in segments.codes(rules())]
    assert len(listed) == 23 and listed[-1] == segments.UNCLASSIFIED
    reached = judge([{"found": found} for found in COMPLETE])
    assert sorted(reached["segment"].unique()) == sorted(listed[:-1])
    letters = reached.group_by("business_state").agg(pl.col("segment").str.head(1).unique())
    assert letters["segment"].list.len().to_list() == [1] * 5
    assert {code.path for code in segments.codes(rules())} <= set(paths.names(rules()))


@pytest.mark.parametrize("hidden", NAMES)
def test_what_is_missing_is_what_changes_the_answer(hidden):
    """Hiding one answer leaves the segment as it was where no other answer would change it, else asks for that one."""
    place = NAMES.index(hidden)
    for full in COMPLETE:
        others = {judge_one((*full[:place], value, *full[place + 1:])) for value in segments.INPUTS[hidden]}
        row = judge([{"found": (*full[:place], "unknown", *full[place + 1:])}]).row(0, named=True)
        if len(others) == 1:
            assert (row["segment"], row["segment_missing"]) == (others.pop(), "")
        else:
            assert (row["segment"], row["segment_missing"]) == (segments.UNCLASSIFIED, hidden)


def judge_one(found, _answers={}):  # noqa: B006  the complete answers, judged once for all
    if not _answers:
        _answers.update(zip(COMPLETE, judge([{"found": full} for full in COMPLETE])["segment"], strict=True))
    return _answers[found]


def test_a_null_and_a_word_that_nobody_knows_count_as_unknown():
    frame = pl.DataFrame({"business_state": [None], "ability": ["rich"], "willingness": [""], "guarantee": ["effective"]},
                         schema=dict.fromkeys(NAMES, pl.String))
    row = segments.segment(frame, rules()).row(0, named=True)
    assert row["segment_missing"] == "business_state,ability,willingness"


def test_without_kind_and_guarantee_the_segments_own_path_counts():
    frame = pl.DataFrame([dict(zip(NAMES, COMPLETE[0], strict=True))])
    assert segments.segment(frame, rules())["path"].item() == "small_default"


def test_a_banks_own_decision_table_is_followed():
    table = [{"business_state": "*", "ability": "*", "willingness": "*", "guarantee": "*", "code": "E2"}]
    assert judge([{"found": ("", "", "", "")}], rules(segments__table=table))["segment"].item() == "E2"
