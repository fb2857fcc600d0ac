"""One's own account: who I am here, and my password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import services
from qingshou.access.forms import ChangePasswordForm
from qingshou.access.models import Posting
from qingshou.access.queries.people import in_force


def account(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_own_password(user=request.user, old=form.cleaned_data["old"],  # type: ignore[arg-type]
                                         new=form.cleaned_data["new"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            update_session_auth_hash(request, request.user)  # type: ignore[arg-type]
            messages.success(request, _("密码已修改。"))
            return redirect("access:account")
    postings = in_force(Posting.objects.filter(user=request.user.pk).select_related("unit"), timezone.localdate())
    return render(request, "access/account.html", {"form": form, "postings": postings})
