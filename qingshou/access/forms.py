"""Forms of access: they only check; services change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from qingshou.access.models import Unit
from qingshou.access.roles import Role

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SignInForm(AuthenticationForm):
    """Username and password; says the same for an unknown user, a wrong password and a deactivated account."""

    error_messages = {
        "invalid_login": _("用户名或密码不正确。"),
        "inactive": _("用户名或密码不正确。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, strip=False, max_length=200, help_text=help_text,
                           widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}))


class ChangePasswordForm(forms.Form):
    old = _password(_("原密码"), "current-password")
    new = _password(_("新密码"), "new-password", help_text=_("至少 10 个字符，不能是纯数字、常见密码，也不能与用户名相近。"))
    again = _password(_("再输一次"), "new-password")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("两次输入的新密码不一致。"))
        return data


class UserForm(forms.Form):
    username = forms.CharField(label=_("用户名"), max_length=150, help_text=_("登录用，建议用工号；以后不能更改。"))
    display_name = forms.CharField(label=_("姓名"), max_length=40)
    phone_extension = forms.CharField(label=_("分机"), max_length=20, required=False)
    password = _password(_("初始密码"), "new-password", help_text=_("至少 10 个字符；本人首次登录后须修改。"))


class DescribeForm(forms.Form):
    display_name = forms.CharField(label=_("姓名"), max_length=40)
    phone_extension = forms.CharField(label=_("分机"), max_length=20, required=False)


class PostingForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("机构"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("岗位"), choices=Role.choices)
    starts_on = forms.DateField(label=_("开始日期"), widget=DAY)
    ends_on = forms.DateField(label=_("结束日期"), widget=DAY, required=False, help_text=_("当日起不再任职；不填则长期有效。"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    password = _password(_("新密码"), "new-password", help_text=_("至少 10 个字符；本人下次登录后须修改。"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


class UnitForm(forms.Form):
    code = forms.CharField(label=_("机构代码"), max_length=20)
    name = forms.CharField(label=_("机构名称"), max_length=60)
    kind = forms.ChoiceField(label=_("类别"), choices=Unit.Kind.choices)
    parent = forms.ModelChoiceField(label=_("上级机构"), queryset=Unit.objects.none(), required=False)
    valid_from = forms.DateField(label=_("设立日期"), widget=DAY)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = units  # type: ignore[attr-defined]


class RenameUnitForm(forms.Form):
    name = forms.CharField(label=_("机构名称"), max_length=60)


class DayForm(forms.Form):
    day = forms.DateField(label=_("日期"), widget=DAY)


class AuditFilter(forms.Form):
    actor = forms.CharField(label=_("操作人"), max_length=150, required=False)
    action = forms.CharField(label=_("操作"), max_length=60, required=False,
                             widget=forms.TextInput(attrs={"list": "actions"}))
    subject = forms.CharField(label=_("对象"), max_length=80, required=False)
    first = forms.DateField(label=_("从"), widget=DAY, required=False)
    last = forms.DateField(label=_("到"), widget=DAY, required=False)


class UnmaskForm(forms.Form):
    subject = forms.CharField(max_length=80, widget=forms.HiddenInput)
    field = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("查看原因"), max_length=200)
