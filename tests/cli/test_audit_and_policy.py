"""`audit verify` and `policy show`."""

import pytest
from django.db import transaction

from qingshou.access import audit
from tests.access.test_audit import tamper


def write(count):
    for number in range(count):
        with transaction.atomic():
            audit.record(actor="x", action="test", subject=f"thing:{number}")


@pytest.mark.django_db(transaction=True)
def test_a_whole_chain_is_told_with_its_head_and_a_broken_one_fails_at_the_first_bad_entry(qingshou):
    write(5)
    answer = qingshou("audit", "verify", "--json")
    assert answer.status == 0 and answer.json["checked"] == 5 and answer.json["whole"]
    head = answer.json["head"]
    assert head in qingshou("audit", "verify").out
    assert qingshou("audit", "verify", "--expect", head).status == 0
    tamper("UPDATE access_auditentry SET actor = 'y' WHERE sequence = 3")
    answer = qingshou("audit", "verify", "--json")
    assert answer.status == 1 and "第 3 条" in answer.err and "内容被改动" in answer.json["errors"][0]


@pytest.mark.django_db(transaction=True)
def test_a_noted_head_shows_what_was_cut_off_with_the_kept_one(qingshou):
    write(5)
    head = qingshou("audit", "verify", "--json").json["head"]
    tamper("DELETE FROM access_auditentry WHERE sequence > 3", "DELETE FROM store_setting WHERE key = 'audit_head'")
    assert qingshou("audit", "verify").status == 0  # whole in itself: what the command can say honestly
    answer = qingshou("audit", "verify", "--expect", head)
    assert answer.status == 1 and "第 4 条" in answer.err and "截去" in answer.err


@pytest.mark.django_db
def test_an_empty_chain_is_whole_and_a_head_must_be_written_rightly(qingshou):
    assert qingshou("audit", "verify", "--json").json["checked"] == 0
    assert qingshou("audit", "verify", "--expect", "5").status == 1


def test_rules_in_force_are_shown_with_their_sources(qingshou):
    answer = qingshou("policy", "show", "--date", "2026-11-24", "--json")
    rules = {rule["id"]: rule for rule in answer.json["rules"]}
    assert answer.json["date"] == "2026-11-24" and all(rule["source"] for rule in rules.values())
    assert rules["interest.day_count"]["value"] == "actual/360" and not rules["interest.day_count"]["to_be_confirmed"]
    assert rules["interest.charges_cap_ppm"]["to_be_confirmed"]
    text = qingshou("policy", "show", "--date", "2026-11-24").out
    assert "银发〔2005〕129号" in text and "待法律顾问确认" in text


def test_the_rules_of_a_day_before_a_law_leave_it_out(qingshou):
    def ids(day):
        return {rule["id"] for rule in qingshou("policy", "show", "--date", day, "--json").json["rules"]}

    assert "interest.charges_cap_ppm" in ids("2017-08-04") and "interest.charges_cap_ppm" not in ids("2017-08-03")


def test_one_chapter_can_be_asked_for(qingshou):
    rules = qingshou("policy", "show", "--chapter", "interest", "--json").json["rules"]
    assert rules and {rule["id"].split(".")[0] for rule in rules} == {"interest"}
    answer = qingshou("policy", "show", "--chapter", "nosuch")
    assert answer.status == 1 and "interest" in answer.err
