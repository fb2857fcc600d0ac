"""Forms of contact: they turn text into values; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qingshou.access.models import Unit, User
from qingshou.casework.forms import DateInput
from qingshou.contact.models import Channel, Outcome
from qingshou.contact.outcomes import BY_CHANNEL
from qingshou.contact.queries.people import Person
from qingshou.portfolio.forms import YuanField
from qingshou.web.picks import pick

PROMISE_FIELDS = ("amount", "due", "source_of_money")


class AskForm(forms.Form):
    """Whom to reach, how and with whom: what the guard is asked."""

    person = forms.ChoiceField(label=_("对象"))
    companion = forms.TypedChoiceField(label=_("同行人"), coerce=int, required=False, empty_value=None,
                                       help_text=_("上门须两人以上"))

    def __init__(self, *args: Any, people: list[Person], staff: list[tuple[User, Unit]], channel: str,
                 **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["companion"].required = channel == Channel.VISIT
        self.fields["person"].choices = [(one.key, one.name) for one in people]  # type: ignore[attr-defined]
        self.fields["companion"].choices = [("", _("请选择")), *(  # type: ignore[attr-defined]
            (person.pk, f"{unit} · {person}") for person, unit in staff)]


class RecordForm(forms.Form):
    """What came of it. Which outcomes there are depends on the channel; a promise is asked for only where one was made."""

    identity_verified = forms.BooleanField(
        label=_("已表明身份，并核实对方身份"), required=False,
        widget=forms.CheckboxInput(attrs={"data-key": "v", "data-key-label": _("已核实身份")}))
    amount = YuanField(label=_("承诺金额（元）"), required=False)
    due = forms.DateField(label=_("承诺日期"), required=False, widget=DateInput())
    source_of_money = forms.CharField(label=_("钱从哪里来"), required=False, max_length=80,
                                      widget=forms.TextInput(attrs={"list": "sources"}))
    note = forms.CharField(label=_("记录"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                           help_text=_("客观、真实；写对方说了什么、看到什么、下一步做什么"))
    minutes = forms.IntegerField(label=_("通话分钟"), required=False, min_value=0, max_value=360)
    at = forms.TimeField(label=_("时间"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    recording = forms.CharField(label=_("录音编号"), required=False, max_length=80)

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"outcome": pick(_("结果"), BY_CHANNEL[channel].items(), required=True), **self.fields}
        # Shown as needed, but only a promise is held to them: without scripts they stand there for every outcome.
        self.use_required_attribute = False
        promised = not self.is_bound or self.data.get("outcome") == Outcome.PROMISED
        for name in PROMISE_FIELDS:
            self.fields[name].required = promised
        if channel != Channel.CALL:
            del self.fields["minutes"]
        if channel in (Channel.LETTER, Channel.MESSAGE):
            del self.fields["recording"]
        if channel == Channel.LETTER:
            for name in PROMISE_FIELDS:
                del self.fields[name]


class CorrectForm(forms.Form):
    """What should have been written. *note* says what was wrong."""

    identity_verified = forms.BooleanField(label=_("已表明身份，并核实对方身份"), required=False)
    note = forms.CharField(label=_("哪里有误，实际怎样"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"outcome": pick(_("实际结果"), BY_CHANNEL[channel].items(), required=True), **self.fields}

