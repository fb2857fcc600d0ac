"""What the pages of access do: people, units, the trail, unmasking, the rules, jobs, saved views."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from qingshou.access import audit, unmasking
from qingshou.access.models import AuditEntry, Posting, SavedView, Unit, Unmasking, User
from qingshou.access.rule_texts import value_text
from qingshou.access.rule_words import ENTRIES, WORDS
from qingshou.store import jobs, policy
from qingshou.store.models import Job

pytestmark = pytest.mark.django_db
GOOD = "qs-Tulip-81"


@pytest.fixture
def as_admin(client, bank):
    client.force_login(bank.users["admin"])
    return client


@pytest.fixture
def as_auditor(client, bank):
    client.force_login(bank.users["compliance"])
    return client


def text(response) -> str:
    return response.content.decode()


def test_users_are_found_by_name_unit_role_and_state(as_admin, bank):
    def shown(**query):
        return {user.username for user in as_admin.get(reverse("access:users"), query).context["page"]}

    assert {"collector", "manager", "other", "admin"} <= shown()
    assert shown(text="colleag") == {"colleague"}
    assert shown(unit=bank.second.pk) == {"other"}
    assert shown(role="manager") == {"manager"}
    assert shown(state="inactive") == set() and shown(unit="nonsense") == shown()


def test_a_user_is_made_on_the_page_and_a_refusal_stands_beside_its_field(as_admin, bank):
    given = {"username": "lin", "display_name": "林小满", "password": "short", "unit": bank.first.pk, "role": "collector",
             "starts_on": "2026-11-01"}
    refused = as_admin.post(reverse("access:user_new"), given)
    assert refused.context["form"].errors["password"] and "太短" in text(refused)
    assert not User.objects.filter(username="lin").exists()
    done = as_admin.post(reverse("access:user_new"), {**given, "password": GOOD})
    made = User.objects.get(username="lin")
    assert done["Location"] == reverse("access:user", args=[made.pk]) and made.postings.get().role == "collector"


def test_a_posting_is_added_and_ended_on_the_page(as_admin, bank):
    risk = bank.users["risk"]
    clash = as_admin.post(reverse("access:user_post", args=[risk.pk]),
                          {"unit": bank.first.pk, "role": "collector", "starts_on": "2026-11-01"})
    assert clash.status_code == 400 and "不相容岗位" in text(clash)
    ended = as_admin.post(reverse("access:posting_end", args=[risk.pk, risk.postings.get().pk]), {"day": "2026-11-01"})
    assert ended.status_code == 302
    added = as_admin.post(reverse("access:user_post", args=[risk.pk]),
                          {"unit": bank.first.pk, "role": "collector", "starts_on": "2026-11-01", "ends_on": ""})
    assert added.status_code == 302
    assert [posting.role for posting in Posting.objects.filter(user=risk).order_by("starts_on")] == ["risk", "collector"]
    wrong = as_admin.post(reverse("access:posting_end", args=[risk.pk, risk.postings.last().pk]), {"day": "2026-02-30"})
    assert wrong.status_code == 400 and "日期" in text(wrong)


def test_the_administrator_cannot_lock_the_own_door_from_outside(as_admin, bank):
    refused = as_admin.post(reverse("access:user_deactivate", args=[bank.users["admin"].pk]), {"reason": "试"})
    assert refused.status_code == 400 and "不能停用自己" in text(refused)
    assert as_admin.post(reverse("access:user_deactivate", args=[bank.users["risk"].pk]), {"reason": "离职"}).status_code == 302
    assert not User.objects.get(username="risk").is_active


def test_units_are_made_renamed_and_closed_on_the_page(as_admin, bank):
    made = as_admin.post(reverse("access:units"), {"code": "D3", "name": "三部", "kind": "division",
                                                   "parent": bank.head_office.pk, "valid_from": "2026-01-01"})
    assert made.status_code == 302
    unit = Unit.objects.get(code="D3")
    twice = as_admin.post(reverse("access:units"), {"code": "D3", "name": "另", "kind": "division", "valid_from": "2026-01-01"})
    assert twice.status_code == 400 and twice.context["form"].errors["code"]
    assert as_admin.post(reverse("access:unit_rename", args=[unit.pk]), {"name": "清收三部"}).status_code == 302
    assert as_admin.post(reverse("access:unit_close", args=[unit.pk]), {"day": "2026-12-01"}).status_code == 302
    refused = as_admin.post(reverse("access:unit_close", args=[bank.first.pk]), {"day": "2030-12-01"})
    assert refused.status_code == 400 and "任职" in text(refused)


def test_nothing_of_people_can_be_deleted_by_any_page():
    from tests.access.pages import PAGES

    assert not [page.name for page in PAGES if page.name.startswith("access:") and "delete" in page.name
                and page.name != "access:view_delete"]


@pytest.fixture
def trail(bank):
    for day, actor, action, subject in (
            (20, "collector", "casework.finding", "household:1"), (21, "collector", "contact.record", "household:12"),
            (22, "operations", "ledger.post", "loan:1"), (23, "system", "dayend.close", "day:2026-11-23")):
        with transaction.atomic():
            last = AuditEntry.objects.order_by("-sequence").values_list("sequence", "hash").first() or (0, audit.GENESIS)
            AuditEntry.objects.create(**audit.row(
                last, actor=actor, action=action, subject=subject, before={"等级": "关注", "户": "甲"},
                after={"等级": "次级", "户": "甲"}, reason="因为",
                at=timezone.make_aware(timezone.datetime(2026, 11, day, 0, 30))))


FILTERS = [
    ({}, 4), ({"actor": "collector"}, 2), ({"actor": "collect"}, 0), ({"action": "c"}, 2), ({"action": "ledger.post"}, 1),
    ({"subject": "household:1"}, 1), ({"subject": "household:"}, 2), ({"first": "2026-11-21"}, 3),
    ({"last": "2026-11-21"}, 2), ({"first": "2026-11-21", "last": "2026-11-21"}, 1), ({"first": "2026-02-30"}, 4),
    ({"actor": "collector", "last": "2026-11-20"}, 1), ({"subject": "' OR 1=1 --"}, 0),
]


@pytest.mark.parametrize(("query", "count"), FILTERS, ids=[str(row[0]) for row in FILTERS])
def test_the_trail_is_filtered_by_actor_action_subject_and_bank_days(as_auditor, trail, query, count):
    response = as_auditor.get(reverse("access:audit"), query)
    assert response.status_code == 200 and len(response.context["rows"]) == count


def test_the_trail_shows_what_was_and_what_became_with_the_change_first(as_auditor, trail):
    response = as_auditor.get(reverse("access:audit"))
    _entry, _label, changes = response.context["rows"][0]
    assert [(change.name, change.before, change.after, change.changed) for change in changes] == [
        ("等级", "关注", "次级", True), ("户", "甲", "甲", False)]
    assert '<td class="old">关注</td><td class="new">次级</td>' in text(response)


def test_what_users_typed_is_shown_as_text_and_not_run(as_auditor):
    with transaction.atomic():
        audit.record(actor="x", action="test", subject="<b>", after={"<script>": "<script>alert(1)</script>"}, reason="<i>")
    page = text(as_auditor.get(reverse("access:audit")))
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_a_long_trail_comes_in_pages_with_a_fixed_number_of_queries(as_auditor, django_assert_max_num_queries):
    for number in range(60):
        with transaction.atomic():
            audit.record(actor="x", action="test", subject=f"thing:{number}")
    with django_assert_max_num_queries(12):
        response = as_auditor.get(reverse("access:audit"))
    assert len(response.context["rows"]) == 50
    assert len(as_auditor.get(reverse("access:audit"), {"page": 2}).context["rows"]) == 10


@pytest.fixture
def source():
    def fetch(user, pk, field):
        if pk != 7 or user.username == "other":
            raise ObjectDoesNotExist
        return {"phone": "19900001234"}[field]

    unmasking.source("thing", fetch)
    yield fetch
    unmasking._sources.pop("thing")


def unmask(client, subject="thing:7", field="phone", reason="核实身份", htmx=True):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse("access:unmask"), {"subject": subject, "field": field, "reason": reason}, headers=headers)


def test_a_datum_is_shown_after_a_reason_and_both_are_written_down(client, bank, source):
    client.force_login(bank.users["collector"])
    asked = client.get(reverse("access:unmask"), {"subject": "thing:7", "field": "phone"}, headers={"HX-Request": "true"})
    assert "查看原因" in text(asked) and "19900001234" not in text(asked) and "<html" not in text(asked)
    shown = unmask(client)
    assert "19900001234" in text(shown) and shown["Cache-Control"].startswith("max-age=0")
    seen = Unmasking.objects.get()
    assert (seen.user.username, seen.subject, seen.field, seen.reason) == ("collector", "thing:7", "phone", "核实身份")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("access.unmask", "thing:7") and "19900001234" not in entry.after


def test_without_scripts_the_same_is_a_page(client, bank, source):
    client.force_login(bank.users["collector"])
    assert "<html" in text(client.get(reverse("access:unmask"), {"subject": "thing:7", "field": "phone"}))
    assert "19900001234" in text(unmask(client, htmx=False))


REFUSALS = [("no reason", {"reason": "  "}, 200), ("reason too long", {"reason": "长" * 201}, 200),
            ("another's", {"subject": "thing:8"}, 404), ("unknown field", {"field": "password"}, 404),
            ("unknown kind", {"subject": "user:1"}, 404), ("no number", {"subject": "thing:x"}, 404),
            ("empty", {"subject": ""}, 200)]


@pytest.mark.parametrize(("case", "change", "status"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_nothing_is_shown_or_logged_without_a_reason_or_outside_the_field(client, bank, source, case, change, status):
    client.force_login(bank.users["collector"])
    response = unmask(client, **change)
    assert response.status_code == status and "19900001234" not in text(response)
    assert not Unmasking.objects.exists() and not AuditEntry.objects.exists()


def test_the_field_of_view_decides_and_the_role(client, bank, source):
    client.force_login(bank.other_collector)
    assert unmask(client).status_code == 404
    client.force_login(bank.users["risk"])
    assert unmask(client).status_code == 403
    assert not Unmasking.objects.exists()


def test_compliance_reads_who_saw_what(as_auditor, bank):
    Unmasking.objects.create(user=bank.users["collector"], subject="party:1", field="phone", reason="联系借款人")
    Unmasking.objects.create(user=bank.users["manager"], subject="party:2", field="id_number", reason="起诉")
    address = reverse("access:unmaskings")
    assert "联系借款人" in text(as_auditor.get(address))
    assert [item.reason for item in as_auditor.get(address, {"actor": "manager"}).context["page"]] == ["起诉"]
    assert [item.reason for item in as_auditor.get(address, {"subject": "party:1"}).context["page"]] == ["联系借款人"]
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert not list(as_auditor.get(address, {"first": tomorrow}).context["page"])


def test_one_source_serves_a_kind(source):
    with pytest.raises(ValueError):
        unmasking.source("thing", lambda user, pk, field: "")


def test_the_rules_of_a_day_are_shown_with_source_flag_and_history(as_auditor, settings, tmp_path):
    settings.BANK_POLICY = tmp_path
    (tmp_path / "interest.toml").write_text(
        '[[rule]]\nkey = "penalty_grace_days"\nvalue = 3\neffective_from = 2026-01-01\nsource = "本行一号文"\n',
        encoding="utf-8")
    policy.forget()
    address = reverse("access:policy")
    page = text(as_auditor.get(address, {"day": "2026-11-24"}))
    assert "银发〔2005〕129号" in page and "待法律顾问确认" in page and "本行一号文" in page and "历次 2 条" in page
    assert "本行一号文" not in text(as_auditor.get(address, {"day": "2025-11-24", "text": "penalty_grace"})).split("历次")[0]
    none = as_auditor.get(address, {"text": "没有这样的规则"})
    assert none.context["count"] == 0 and "没有符合条件的规则" in text(none)
    assert "无效" in text(as_auditor.get(address, {"day": "2026-02-30"}))
    only = as_auditor.get(address, {"doubtful": "1"}).context["chapters"]
    assert only and all(line.rule.doubtful for _chapter, _name, lines in only for line in lines)
    policy.forget()


@pytest.mark.parametrize(("value", "key", "shown"), [
    (550_000, "debt_service_most_ppm", "55"), ({"least_ppm": 300_000}, "range", "至少 30"),
    (90, "non_accrual_after_days", "90 天"),
    ({"call": 12}, "minutes", "电话 12 分钟"), (["fee", "interest"], "order", "费用、利息"), (True, "x", "是"), (3, "x", "3"),
    ([{"level": "loss", "days": 361}], "overdue", "分类 损失，期限 361 天"), ("actual/360", "day_count", "实际天数/360"),
    ([{"step": "early_call", "title": "每日电话催要", "to_day": 3}], "steps", "事项 每日电话催要，至第几天 3")])
def test_a_rules_value_is_read_in_words_with_its_unit(value, key, shown):
    assert value_text(value, key).startswith(shown)


def test_a_jobs_page_is_for_its_asker_and_who_may_view_jobs(client, bank):
    job = Job.objects.create(kind="x", title="导入十一月", asked_by=bank.users["collector"])
    address = reverse("jobs:show", args=[job.pk])
    for username, status in (("collector", 200), ("manager", 404), ("operations", 200), ("admin", 200)):
        client.force_login(bank.users[username])
        assert client.get(address).status_code == status, username


def test_a_jobs_page_tells_its_state_and_asks_again_only_while_there_is_something_to_wait_for(client, bank):
    client.force_login(bank.users["operations"])
    job = Job.objects.create(kind="x", title="导入十一月", asked_by=bank.users["operations"])
    address = reverse("jobs:show", args=[job.pk])
    states = [
        ({"state": "queued"}, "没有运行", True),
        ({"state": "done", "result": {"url": "/imports/3/"}}, 'href="/imports/3/"', False),
        ({"state": "failed", "note": "第 3 行金额无效。"}, "第 3 行金额无效。", False)]
    for fields, words, polls in states:
        Job.objects.filter(pk=job.pk).update(**fields)
        panel = text(client.get(address, headers={"HX-Request": "true"}))
        assert words in panel and ("hx-trigger" in panel) is polls and "<html" not in panel
    assert "第 3 行金额无效。" in text(client.get(reverse("jobs:index")))


@pytest.mark.parametrize("url", ["https://evil.example/", "javascript:alert(1)", "//evil.example"])
def test_a_result_links_inside_the_house_only(client, bank, url):
    client.force_login(bank.users["operations"])
    job = Job.objects.create(kind="x", title="试", state="done", result={"url": url})
    assert "查看结果" not in text(client.get(reverse("jobs:show", args=[job.pk])))


def test_a_running_job_whose_process_is_gone_is_told_as_failed(client, bank):
    client.force_login(bank.users["operations"])
    job = Job.objects.create(kind="x", title="试", state="running", started_at=timezone.now() - timedelta(minutes=5))
    assert "意外中断" in text(client.get(reverse("jobs:show", args=[job.pk])))
    assert Job.objects.get(pk=job.pk).state == jobs.Job.State.FAILED


def test_a_view_is_saved_and_dropped_and_leads_back_inside_the_house(client, bank):
    client.force_login(bank.users["collector"])
    saved = client.post(reverse("access:view_save"), {"page": "households", "name": "逾期", "query": "stage=late",
                                                      "next": "/households/?stage=late"})
    assert saved["Location"] == "/households/?stage=late"
    view = SavedView.objects.get()
    gone = client.post(reverse("access:view_delete", args=[view.pk]), {"next": "https://evil.example/"})
    assert gone["Location"] == "/" and not SavedView.objects.exists()


def test_ones_own_account_page_lists_the_postings_of_today(client, bank):
    Posting.objects.create(user=bank.users["collector"], unit=bank.second, role="collector", starts_on=date(2020, 1, 1),
                           ends_on=date(2021, 1, 1))
    client.force_login(bank.users["collector"])
    page = text(client.get("/account/"))
    assert "一部" in page and "二部" not in page


def test_an_address_that_only_takes_forms_says_so_when_it_is_opened_by_itself(make_user, client):
    client.force_login(make_user("compliance"))
    page = client.get(reverse("access:view_save"))
    assert page.status_code == 405 and page.headers["Allow"] == "POST"
    assert "这个地址不能直接打开" in page.content.decode()


def test_a_refusal_names_the_permission_in_words(make_user, client):
    client.force_login(make_user("collector"))
    text = client.get(reverse("access:users")).content.decode()
    assert "您的岗位没有此项权限：" in text and "users.manage" not in text


def test_every_code_of_the_policy_that_is_shown_has_a_word():
    known = {"step", "code", "A1"}
    for rule in policy.current_policy().rules:
        for entry in rule.value if isinstance(rule.value, list) else [rule.value]:
            for name, inner in entry.items() if isinstance(entry, dict) else ():
                if isinstance(inner, str) and name not in ("step", "code", "path", "after", "from", "to", "name", "title"):
                    assert inner in WORDS, (rule.id, name, inner)
                assert name in known or name in ENTRIES or name in WORDS or len(name) == 2, (rule.id, name)
