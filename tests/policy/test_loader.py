"""Rules from TOML: read, refused with a reason, overlaid by the bank, chosen by date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qingshou.policy import PolicyError, load

ENTRY = {"key": '"grace_days"', "value": "3", "effective_from": "2026-01-01", "source": '"Resolution 7"'}


def write(folder: Path, name: str, *entries: dict[str, str], raw: str = "") -> Path:
    lines = [line for entry in entries for line in ("[[rule]]", *(f"{key} = {value}" for key, value in entry.items()))]
    (folder / f"{name}.toml").write_text("\n".join(lines) + raw, encoding="utf-8")
    return folder


def test_without_a_banks_folder_the_pack_is_in_force(tmp_path):
    assert load(tmp_path / "none").at(date(2026, 6, 1))["delinquency.grace_days"] == 0


def test_the_banks_value_replaces_the_packs_from_its_own_date_on(tmp_path):
    policy = load(write(tmp_path, "delinquency", ENTRY))
    assert policy.at(date(2025, 12, 31))["delinquency.grace_days"] == 0
    rules = policy.at(date(2026, 1, 1))
    assert rules["delinquency.grace_days"] == 3
    assert (rules.rule("delinquency.grace_days").origin, rules.source("delinquency.grace_days")) == ("bank", "Resolution 7")


def test_a_later_value_of_the_pack_does_not_displace_the_banks(tmp_path):
    old = {"key": '"dial_limit"', "value": "false", "effective_from": "2020-01-01", "source": '"Resolution 8"'}
    assert load(write(tmp_path, "conduct", old)).at(date(2026, 11, 24))["conduct.dial_limit"] is False


def test_a_bank_value_that_ends_gives_way_to_the_pack_again(tmp_path):
    policy = load(write(tmp_path, "delinquency", {**ENTRY, "effective_to": "2026-07-01"}))
    assert policy.at(date(2026, 6, 30))["delinquency.grace_days"] == 3
    assert policy.at(date(2026, 7, 1))["delinquency.grace_days"] == 0


def test_a_bank_rule_is_flagged_as_to_be_confirmed_unless_it_says_otherwise(tmp_path):
    assert load(write(tmp_path, "delinquency", ENTRY)).at(date(2026, 2, 1)).rule("delinquency.grace_days").doubtful
    sure = {**ENTRY, "confidence": '"H"'}
    assert not load(write(tmp_path, "delinquency", sure)).at(date(2026, 2, 1)).rule("delinquency.grace_days").doubtful


def test_a_bank_may_add_a_path_of_its_own(tmp_path):
    assert "paths.shop" in load(write(tmp_path, "paths", {**ENTRY, "key": '"shop"', "value": "[]"})).at(date(2026, 2, 1))


@pytest.mark.parametrize(("changed", "reason"), [
    ({"key": '"grace"'}, "no such rule to overlay"),
    ({"value": "0.5"}, "decimal fractions"),
    ({"value": "{ rows = [ { share = 0.5 } ] }"}, "decimal fractions"),
    ({"effective_from": '"2026-01-01"'}, "must be a date"),
    ({"effective_from": "2026-01-01T00:00:00"}, "must be a date"),
    ({"effective_to": "2026-01-01"}, "must be later"),
    ({"source": '"  "'}, "source is empty"),
    ({"confidence": '"certain"'}, "confidence must be"),
    ({"colour": '"red"'}, "unknown field colour"),
])
def test_an_entry_that_cannot_be_used_is_refused_with_file_key_and_reason(tmp_path, changed, reason):
    with pytest.raises(PolicyError, match=rf"delinquency\.toml: {changed.get('key', ENTRY['key']).strip(chr(34))}.*{reason}"):
        load(write(tmp_path, "delinquency", {**ENTRY, **changed}))


@pytest.mark.parametrize("missing", ["value", "effective_from", "source"])
def test_an_entry_that_lacks_something_is_refused(tmp_path, missing):
    with pytest.raises(PolicyError, match=f"grace_days: {missing} is missing"):
        load(write(tmp_path, "delinquency", {key: value for key, value in ENTRY.items() if key != missing}))


def test_two_values_from_one_day_are_refused(tmp_path):
    with pytest.raises(PolicyError, match="two values from 2026-01-01"):
        load(write(tmp_path, "delinquency", ENTRY, {**ENTRY, "value": "4"}))


def test_a_file_that_is_not_toml_is_named(tmp_path):
    with pytest.raises(PolicyError, match=r"delinquency\.toml: "):
        load(write(tmp_path, "delinquency", raw="grace_days = = 3"))


def test_a_table_that_is_not_a_rule_is_refused(tmp_path):
    with pytest.raises(PolicyError, match="unknown table settings"):
        load(write(tmp_path, "delinquency", ENTRY, raw="\n[settings]\nx = 1\n"))


def test_a_file_in_another_encoding_is_named(tmp_path):
    (tmp_path / "delinquency.toml").write_bytes("title = '宽限'".encode("gb18030"))
    with pytest.raises(PolicyError, match=r"delinquency\.toml"):
        load(tmp_path)


def test_a_rule_that_is_not_in_force_is_named_with_the_date():
    rules = load().at(date(2020, 1, 1))
    assert "classification.contagion_over_ppm" not in rules
    with pytest.raises(KeyError, match=r"classification\.contagion_over_ppm in force on 2020-01-01"):
        rules["classification.contagion_over_ppm"]


def test_the_rules_between_two_changes_are_one_object_so_what_is_derived_from_them_is_kept():
    policy = load()
    assert policy.at(date(2026, 11, 23)) is policy.at(date(2026, 11, 24))
    assert policy.at(date(2023, 6, 30)) is not policy.at(date(2023, 7, 1))
