"""Who sees how far, as of a day."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qingshou.access import permissions, services
from qingshou.access.models import Posting, User
from qingshou.access.permissions import SYSTEM, viewer
from qingshou.access.roles import PERMISSIONS, REACH, Role
from tests import factories


def test_roles_that_see_no_borrower_hold_no_permission_on_borrowers():
    for role in Role:
        if REACH[role] == "none":
            held = {name for name, holders in PERMISSIONS.items() if role in holders}
            assert not {name for name in held if name.startswith(("household.", "personal.", "ledger.", "level."))}, role


def test_every_permission_has_a_name_on_the_page_and_somebody_who_holds_it():
    from qingshou.access.permission_names import NAMES

    assert set(NAMES) == set(PERMISSIONS)
    assert all(PERMISSIONS.values())


@pytest.mark.django_db
@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
@pytest.mark.parametrize("role", list(Role))
def test_a_user_may_exactly_what_the_matrix_gives_the_role(role, permission):
    user = factories.make_user(role)
    allowed = role in PERMISSIONS[permission]
    assert permissions.may(user, permission) is allowed
    if not allowed:
        with pytest.raises(PermissionDenied):
            permissions.require(user, permission)


@pytest.mark.django_db
def test_a_posting_counts_from_its_first_day_to_the_day_before_its_end():
    user = User.objects.create_user("mover", display_name="调动")
    unit = factories.make_unit("D1", "一部")
    Posting.objects.create(user=user, unit=unit, role=Role.COLLECTOR, starts_on=date(2026, 3, 1), ends_on=date(2026, 4, 1))
    reach = {day: viewer(user, day).reach for day in (
        date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))}
    assert list(reach.values()) == ["none", "own", "own", "none"]


@pytest.mark.django_db
def test_a_manager_sees_the_unit_and_all_units_below_it():
    head = factories.make_unit("HO", "总部", "head_office")
    division = factories.make_unit("D1", "一部", parent=head)
    team = factories.make_unit("D1T", "一组", "team", parent=division)
    other = factories.make_unit("D2", "二部", parent=head)
    seen = viewer(factories.make_user(Role.MANAGER, division))
    assert seen.unit_ids == {division.pk, team.pk} and other.pk not in seen.unit_ids


@pytest.mark.django_db
def test_the_viewer_is_read_once_a_day_and_again_when_the_day_changes(django_assert_num_queries, monkeypatch):
    user = factories.make_user(Role.COLLECTOR)
    today = timezone.localdate()
    with django_assert_num_queries(1):
        viewer(user)
        viewer(user)
    Posting.objects.filter(user=user).update(ends_on=today + timedelta(days=1))
    monkeypatch.setattr(timezone, "localdate", lambda: today + timedelta(days=1))
    assert viewer(user).reach == "none"


@pytest.mark.django_db
def test_a_change_of_posting_shows_at_once_on_the_same_user_object():
    user = factories.make_user(Role.COLLECTOR)
    assert not permissions.may(user, "household.assign")
    services.end_posting(by=SYSTEM, posting=user.postings.get(), ends_on=timezone.localdate())
    fresh = User.objects.get(pk=user.pk)
    services.post_user(by=SYSTEM, user=fresh, unit=factories.make_unit("D1", "一部"), role=Role.MANAGER,
                       starts_on=timezone.localdate())
    assert permissions.may(fresh, "household.assign")


@pytest.mark.django_db
def test_nobody_and_the_deactivated_may_nothing_while_the_system_may_all():
    user = factories.make_user(Role.OPERATIONS)
    user.is_active = False
    for nobody in (AnonymousUser(), user):
        assert viewer(nobody).reach == "none" and not viewer(nobody).permissions
    assert viewer(SYSTEM).reach == "bank" and viewer(SYSTEM).permissions == frozenset(PERMISSIONS)


@pytest.mark.django_db
def test_an_unknown_permission_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        permissions.may(factories.make_user(), "household.veiw")
