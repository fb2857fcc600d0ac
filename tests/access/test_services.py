"""Users, units, postings, passwords, saved views: what is changed, what is refused, what is written down."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from qingshou.access import services
from qingshou.access.models import AuditEntry, Posting, SavedView, Unit, User
from qingshou.access.permissions import SYSTEM
from qingshou.access.queries.people import unit_tree
from qingshou.access.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
GOOD = "qs-Tulip-81"


@pytest.fixture
def admin(bank):
    return bank.users["admin"]


def last_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-sequence").first()


def test_a_user_is_made_with_posting_and_must_change_the_password_another_chose(admin, bank):
    user = services.create_user(by=admin, username="lin", display_name="林小满", password=GOOD, unit=bank.first,
                                role=Role.COLLECTOR, starts_on=date(2026, 1, 1))
    assert user.check_password(GOOD) and user.must_change_password
    assert user.postings.get().unit == bank.first
    assert [entry.action for entry in AuditEntry.objects.order_by("sequence")] == [
        "access.user.create", "access.posting.start"]


def test_set_up_from_the_command_line_leaves_the_password_to_its_owner(bank):
    user = services.create_user(by=SYSTEM, username="first", display_name="甲", password=GOOD)
    assert not user.must_change_password and last_entry().actor == "system"


WEAK = [("short1x", "太短"), ("12345678901", "数字"), ("password123", "常见"), ("linxiaoman1", "相似")]


@pytest.mark.parametrize(("password", "why"), WEAK)
def test_weak_passwords_are_refused_by_field(admin, password, why):
    with pytest.raises(ValidationError) as refused:
        services.create_user(by=admin, username="linxiaoman", display_name="林", password=password)
    assert set(refused.value.message_dict) == {"password"}
    assert why in "".join(refused.value.messages)
    assert not User.objects.filter(username="linxiaoman").exists()


def test_two_users_cannot_share_a_username(admin):
    with pytest.raises(ValidationError) as refused:
        services.create_user(by=admin, username="admin", display_name="另一人", password=GOOD)
    assert "username" in refused.value.message_dict


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_only_the_administrator_manages_users(bank, role):
    user, target = bank.users[role], bank.users["collector"]
    for change in (
        lambda: services.create_user(by=user, username="x", display_name="x"),
        lambda: services.post_user(by=user, user=target, unit=bank.first, role=Role.RISK, starts_on=date(2026, 1, 1)),
        lambda: services.end_posting(by=user, posting=target.postings.get(), ends_on=date(2026, 1, 1)),
        lambda: services.set_password(by=user, user=target, password=GOOD),
        lambda: services.deactivate_user(by=user, user=target, on=date(2026, 1, 1)),
        lambda: services.reactivate_user(by=user, user=target),
        lambda: services.describe_user(by=user, user=target, display_name="x", phone_extension=""),
        lambda: services.unlock_user(by=user, user=target),
        lambda: services.create_unit(by=user, code="X", name="x", kind="team", valid_from=date(2026, 1, 1)),
        lambda: services.rename_unit(by=user, unit=bank.first, name="x"),
        lambda: services.close_unit(by=user, unit=bank.first, valid_to=date(2030, 1, 1)),
    ):
        with pytest.raises(PermissionDenied):
            change()
    assert not AuditEntry.objects.exists()


POSTINGS = [  # role, unit, from, to: beside a collector's posting in D1 from 2020-01-01 on
    ("the same posting twice", Role.COLLECTOR, "first", date(2026, 1, 1), None, "role"),
    ("work and audit in one hand", Role.COMPLIANCE, "head_office", date(2026, 1, 1), None, "role"),
    ("work and administration in one hand", Role.ADMIN, "head_office", date(2026, 1, 1), None, "role"),
    ("an end before the start", Role.COLLECTOR, "second", date(2026, 1, 1), date(2026, 1, 1), "ends_on"),
    ("before the unit was there", Role.COLLECTOR, "second", date(2019, 12, 31), None, "unit"),
    ("a role that is none", "cleaner", "second", date(2026, 1, 1), None, "role"),
]


@pytest.mark.parametrize(("case", "role", "unit", "starts_on", "ends_on", "field"), POSTINGS, ids=[row[0] for row in POSTINGS])
def test_postings_that_cannot_be_are_refused(admin, bank, case, role, unit, starts_on, ends_on, field):
    with pytest.raises(ValidationError) as refused:
        services.post_user(by=admin, user=bank.users["collector"], unit=getattr(bank, unit), role=role,
                           starts_on=starts_on, ends_on=ends_on)
    assert field in refused.value.message_dict
    assert bank.users["collector"].postings.count() == 1


def test_a_collector_may_be_posted_to_two_units_and_change_roles_on_a_day(admin, bank):
    collector = bank.users["collector"]
    services.post_user(by=admin, user=collector, unit=bank.second, role=Role.COLLECTOR, starts_on=date(2026, 1, 1))
    for posting in collector.postings.all():
        services.end_posting(by=admin, posting=posting, ends_on=date(2026, 6, 1))
    services.post_user(by=admin, user=collector, unit=bank.first, role=Role.MANAGER, starts_on=date(2026, 6, 1))
    assert collector.postings.filter(ends_on__isnull=True).get().role == Role.MANAGER


def test_an_ended_posting_is_not_moved(admin, bank):
    posting = bank.users["collector"].postings.get()
    services.end_posting(by=admin, posting=posting, ends_on=date(2026, 6, 1))
    with pytest.raises(ValidationError):
        services.end_posting(by=admin, posting=posting, ends_on=date(2026, 7, 1))
    assert Posting.objects.get(pk=posting.pk).ends_on == date(2026, 6, 1)


def test_a_deactivated_user_is_out_at_once_and_comes_back_without_a_posting(admin, bank, client):
    collector = bank.users["collector"]
    client.force_login(collector)
    assert client.get("/account/").status_code == 200
    services.deactivate_user(by=admin, user=collector, on=date(2026, 11, 24), reason="离职")
    assert client.get("/account/").status_code == 302
    assert collector.postings.get().ends_on == date(2026, 11, 24)
    assert last_entry().reason == "离职"
    services.reactivate_user(by=admin, user=collector)
    assert User.objects.get(pk=collector.pk).is_active and not collector.postings.filter(ends_on__isnull=True).exists()


def test_the_bank_is_never_left_without_an_administrator(admin, bank):
    second = factories.make_user(Role.ADMIN, bank.head_office, username="admin2")
    with pytest.raises(ValidationError, match="自己"):
        services.deactivate_user(by=admin, user=admin, on=timezone.localdate())
    with pytest.raises(ValidationError, match="自己"):
        services.end_posting(by=admin, posting=admin.postings.get(), ends_on=timezone.localdate())
    services.deactivate_user(by=admin, user=second, on=timezone.localdate())
    with pytest.raises(ValidationError, match="最后一名"):
        services.deactivate_user(by=SYSTEM, user=admin, on=timezone.localdate())


def test_changing_the_own_password_needs_the_old_one_and_frees_from_the_duty_to_change(bank):
    user = bank.users["risk"]
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    user.refresh_from_db()
    held = "pass-word-1234"
    for old, new, field in (("wrong", GOOD, "old"), (held, held, "new"), (held, "1", "new")):
        with pytest.raises(ValidationError) as refused:
            services.change_own_password(user=user, old=old, new=new)
        assert set(refused.value.message_dict) == {field}
    services.change_own_password(user=user, old="pass-word-1234", new=GOOD)
    user.refresh_from_db()
    assert user.check_password(GOOD) and not user.must_change_password


def test_no_password_reaches_the_audit_trail(admin, bank):
    services.create_user(by=admin, username="lin", display_name="林", password=GOOD)
    services.set_password(by=admin, user=bank.users["risk"], password=GOOD + "x")
    for entry in AuditEntry.objects.all():
        assert GOOD not in entry.before + entry.after + entry.reason


def test_units_are_closed_only_when_empty_and_never_reopened(admin, bank):
    team = services.create_unit(by=admin, code="D2T", name="二部一组", kind="team", parent=bank.second,
                                valid_from=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="任职"):
        services.close_unit(by=admin, unit=bank.first, valid_to=date(2026, 12, 1))
    services.end_posting(by=admin, posting=bank.other_collector.postings.get(), ends_on=date(2026, 12, 1))
    with pytest.raises(ValidationError, match="未撤销"):
        services.close_unit(by=admin, unit=bank.second, valid_to=date(2026, 12, 1))
    services.close_unit(by=admin, unit=team, valid_to=date(2026, 12, 1))
    services.close_unit(by=admin, unit=bank.second, valid_to=date(2026, 12, 1))
    with pytest.raises(ValidationError):
        services.close_unit(by=admin, unit=bank.second, valid_to=date(2026, 12, 2))
    with pytest.raises(ValidationError, match="已撤销"):
        services.create_unit(by=admin, code="D2U", name="新组", kind="team", parent=bank.second, valid_from=date(2026, 1, 1))


def test_a_unit_is_renamed_with_its_history_in_the_trail(admin, bank):
    services.rename_unit(by=admin, unit=bank.first, name="清收一部")
    assert Unit.objects.get(pk=bank.first.pk).name == "清收一部"
    assert "一部" in last_entry().before and "清收一部" in last_entry().after


def test_the_tree_lists_units_below_their_parents_with_the_people_of_the_day(admin, bank):
    rows = [(depth, unit.code, people) for depth, unit, people in unit_tree(admin, day=date(2026, 11, 24))]
    assert rows[0][:2] == (0, "HO") and [row[:2] for row in rows[1:]] == [(1, "D1"), (1, "D2")]
    assert {code: people for _, code, people in rows}["D1"] == 3


def test_a_saved_view_belongs_to_its_owner_and_keeps_filters_without_the_page_number(bank):
    owner, other = bank.users["collector"], bank.users["manager"]
    view = services.save_view(user=owner, page="households", name="逾期三十天", query="stage=late&page=7&sort=-dpd")
    assert view.query == "stage=late&sort=-dpd"
    again = services.save_view(user=owner, page="households", name="逾期三十天", query="stage=m2")
    assert again.pk == view.pk and SavedView.objects.count() == 1
    with pytest.raises(SavedView.DoesNotExist):
        services.delete_view(user=other, pk=view.pk)
    services.delete_view(user=owner, pk=view.pk)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "长" * 41])
def test_a_saved_view_needs_a_name_of_bounded_length(bank, name):
    with pytest.raises(ValidationError):
        services.save_view(user=bank.users["collector"], page="households", name=name, query="")


def test_ending_a_posting_tomorrow_leaves_today(admin, bank):
    tomorrow = timezone.localdate() + timedelta(days=1)
    services.end_posting(by=admin, posting=bank.users["collector"].postings.get(), ends_on=tomorrow)
    assert User.objects.get(username="collector").postings.filter(ends_on__gt=timezone.localdate()).exists()
