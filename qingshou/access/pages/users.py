"""Users and their postings, for the administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingshou.access import forms, services
from qingshou.access.models import Posting, User
from qingshou.access.permission_names import NAMES
from qingshou.access.permissions import require
from qingshou.access.queries import people
from qingshou.access.roles import PERMISSIONS, REACH, Role
from qingshou.web.paging import paginate


def index(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    asked = {name: request.GET.get(name, "").strip() for name in ("text", "unit", "role", "state")}
    unit = int(asked["unit"]) if asked["unit"].isdecimal() else None
    found = people.users(request.user, day=today, text=asked["text"], unit=unit, role=asked["role"], state=asked["state"])
    return render(request, "access/users.html", {
        "active": "users", "page": paginate(found, request), "asked": asked, "units": people.open_units(today),
        "roles": Role.choices})


def new(request: HttpRequest) -> HttpResponse:
    require(request.user, "users.manage")
    today = timezone.localdate()
    form = forms.UserForm(request.POST or None)
    posting = forms.PostingForm(request.POST or None, units=people.open_units(today), initial={"starts_on": today})
    if request.method == "POST" and form.is_valid() and posting.is_valid():
        try:
            user = services.create_user(by=request.user, **form.cleaned_data, unit=posting.cleaned_data["unit"],
                                        role=posting.cleaned_data["role"], starts_on=posting.cleaned_data["starts_on"],
                                        ends_on=posting.cleaned_data["ends_on"])
        except ValidationError as error:
            _show(error, form, posting)
        else:
            messages.success(request, _("已新增用户 %(name)s。") % {"name": user.display_name})
            return redirect("access:user", user.pk)
    return render(request, "access/user_new.html", {"active": "users", "form": form, "posting": posting})


def show(request: HttpRequest, pk: int) -> HttpResponse:
    user = _user(request, pk)
    return _detail(request, user)


@require_POST
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    user = _user(request, pk)
    form = forms.DescribeForm(request.POST)
    return _change(request, user, form, "describe", _("已保存。"), lambda data: services.describe_user(
        by=request.user, user=user, **data))


@require_POST
def post(request: HttpRequest, pk: int) -> HttpResponse:
    user = _user(request, pk)
    form = forms.PostingForm(request.POST, units=people.open_units(timezone.localdate()))
    return _change(request, user, form, "posting", _("已新增任职。"), lambda data: services.post_user(
        by=request.user, user=user, **data))


@require_POST
def end_posting(request: HttpRequest, pk: int, posting_pk: int) -> HttpResponse:
    user = _user(request, pk)
    posting = Posting.objects.select_related("user", "unit").filter(pk=posting_pk, user=user).first()
    if posting is None:
        raise Http404
    form = forms.DayForm(request.POST)
    return _change(request, user, form, "ending", _("任职已结束。"), lambda data: services.end_posting(
        by=request.user, posting=posting, ends_on=data["day"]))


@require_POST
def set_password(request: HttpRequest, pk: int) -> HttpResponse:
    user = _user(request, pk)
    form = forms.PasswordForm(request.POST)
    return _change(request, user, form, "password", _("密码已重置。"), lambda data: services.set_password(
        by=request.user, user=user, password=data["password"]))


@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    user = _user(request, pk)
    form = forms.ReasonForm(request.POST)
    return _change(request, user, form, "deactivation", _("用户已停用。"), lambda data: services.deactivate_user(
        by=request.user, user=user, on=timezone.localdate(), reason=data["reason"]))


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    user = _user(request, pk)
    form = forms.ReasonForm(request.POST)
    done = _("用户已恢复，请为其设置任职。")
    return _change(request, user, form, "deactivation", done, lambda data: services.reactivate_user(
        by=request.user, user=user, reason=data["reason"]))


@require_POST
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    user = _user(request, pk)
    services.unlock_user(by=request.user, user=user)
    messages.success(request, _("已解除登录锁定。"))
    return redirect("access:user", pk)


def roles(request: HttpRequest) -> HttpResponse:
    """The permission matrix, as it is in force."""
    require(request.user, "users.manage")
    rows = [(name, NAMES[name], [role in holders for role in Role]) for name, holders in PERMISSIONS.items()]
    return render(request, "access/roles.html", {
        "active": "users", "roles": [(role.label, REACH[role]) for role in Role], "rows": rows})


def _user(request: HttpRequest, pk: int) -> User:
    try:
        return people.user_for(request.user, pk)
    except User.DoesNotExist:
        raise Http404 from None


def _change(request: HttpRequest, user: User, form: Any, name: str, done: str,
            change: Callable[[dict[str, Any]], Any]) -> HttpResponse:
    """Run one change; on refusal the page comes back with the reason beside the form it belongs to."""
    if form.is_valid():
        try:
            change(form.cleaned_data)
        except ValidationError as error:
            _show(error, form)
        else:
            messages.success(request, done)
            return redirect("access:user", user.pk)
    return _detail(request, people.user_for(request.user, user.pk), status=400, **{name: form})


def _detail(request: HttpRequest, user: User, status: int = 200, **forms_given: Any) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "active": "users", "person": user, "today": today, "locked": people.is_locked(user),
        "describe": forms.DescribeForm(initial={"display_name": user.display_name, "phone_extension": user.phone_extension}),
        "posting": forms.PostingForm(units=people.open_units(today), initial={"starts_on": today}),
        "password": forms.PasswordForm(), "deactivation": forms.ReasonForm(), "ending": forms.DayForm(initial={"day": today}),
        **forms_given,
    }
    return render(request, "access/user.html", context, status=status)


def _show(error: ValidationError, *given: Any) -> None:
    """Put a service's refusal beside the fields it names, and the rest at the head of the first form."""
    for field, reasons in getattr(error, "message_dict", {"": error.messages}).items():
        owner = next((form for form in given if field in form.fields), None)
        (owner or given[0]).add_error(field if owner else None, reasons)
