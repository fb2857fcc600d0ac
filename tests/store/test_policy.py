"""The policy in force: read once, read again when a file changes, and never lost to a broken file."""

import os
from datetime import date

import pytest

from qingshou.policy import PolicyError
from qingshou.store import policy

OVERLAY = """
[[rule]]
key = "penalty_grace_days"
value = {days}
effective_from = 2026-01-01
source = "本行 2026 年第 1 号文"
"""
RULE = "interest.penalty_grace_days"


@pytest.fixture
def bank_folder(settings, tmp_path, monkeypatch):
    settings.BANK_POLICY = tmp_path / "policy"
    monkeypatch.setattr(policy, "LOOK_AGAIN_SECONDS", 0.0)
    policy.forget()
    yield settings.BANK_POLICY
    policy.forget()


def write(folder, days, moment):
    folder.mkdir(exist_ok=True)
    path = folder / "interest.toml"
    path.write_text(OVERLAY.format(days=days), encoding="utf-8")
    os.utime(path, ns=(moment, moment))


def test_the_policy_stays_the_same_object_until_a_file_changes(bank_folder):
    first = policy.current_policy()
    assert policy.current_policy() is first
    write(bank_folder, 3, 1)
    second = policy.current_policy()
    assert second is not first and policy.current_policy() is second
    write(bank_folder, 5, 2)
    assert policy.rules_on(date(2026, 6, 1))[RULE] == 5


def test_the_banks_value_counts_from_its_own_date(bank_folder):
    write(bank_folder, 3, 1)
    assert policy.rules_on(date(2025, 12, 31))[RULE] == 0
    assert policy.rules_on(date(2026, 1, 1))[RULE] == 3
    assert policy.rules_on(date(2026, 1, 1)).rule(RULE).origin == "bank"


def test_a_broken_change_leaves_the_last_good_policy_in_force_and_is_told(bank_folder):
    write(bank_folder, 3, 1)
    assert policy.rules_on(date(2026, 6, 1))[RULE] == 3 and policy.policy_error() == ""
    write(bank_folder, "= what", 2)
    assert policy.rules_on(date(2026, 6, 1))[RULE] == 3
    assert "interest.toml" in policy.policy_error()
    write(bank_folder, 7, 3)
    assert policy.rules_on(date(2026, 6, 1))[RULE] == 7 and policy.policy_error() == ""


def test_a_process_does_not_start_on_a_broken_policy(bank_folder):
    write(bank_folder, "1.5", 1)
    with pytest.raises(PolicyError, match=r"interest\.toml"):
        policy.current_policy()
