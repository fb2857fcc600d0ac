"""Forms of casework: they turn text into values; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qingshou.access.models import Unit, User
from qingshou.casework.models import (
    Ability,
    Assignment,
    BusinessState,
    Cause,
    GuaranteeStrength,
    Hold,
    Task,
    Willingness,
)
from qingshou.casework.queries import channels
from qingshou.web.picks import pick


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class FindingForm(forms.Form):
    cause = pick(_("逾期原因"), Cause.choices)
    business_state = pick(_("经营状况"), BusinessState.choices)
    ability = pick(_("还款能力"), Ability.choices)
    willingness = pick(_("还款意愿"), Willingness.choices)
    guarantee = pick(_("担保条件"), GuaranteeStrength.choices)
    evidence = forms.CharField(label=_("依据"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
                               help_text=_("谁说的、看到什么、有何材料；死亡、逃债、骗贷、报损必须写明"))
    found_on = forms.DateField(label=_("调查日期"), widget=DateInput())


class DoneForm(forms.Form):
    outcome = forms.CharField(label=_("办理结果"), max_length=40, widget=forms.TextInput(attrs={"autofocus": True}))


class PostponeForm(forms.Form):
    postponed_to = forms.DateField(label=_("改到"), widget=DateInput())
    reason = forms.CharField(label=_("理由"), max_length=300)


class ImpossibleForm(forms.Form):
    reason = forms.CharField(label=_("无法办理的理由"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True}))


END_FORMS: dict[str, type[forms.Form]] = {
    Task.State.DONE: DoneForm, Task.State.POSTPONED: PostponeForm, Task.State.IMPOSSIBLE: ImpossibleForm}


class TaskForm(forms.Form):
    channel = pick(_("方式"), [(code, channels.LABELS[code]) for code in channels.PERSONAL], required=True)
    target = pick(_("对象"), channels.TARGETS.items(), required=True)
    title = forms.CharField(label=_("做什么"), max_length=120)
    due = forms.DateField(label=_("日期"), widget=DateInput())


class HoldForm(forms.Form):
    kind = pick(_("暂停的缘由"), Hold.Kind.choices, required=True)
    reason = forms.CharField(label=_("说明"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    starts_on = forms.DateField(label=_("自"), widget=DateInput())
    ends_on = forms.DateField(label=_("至（不含）"), required=False, widget=DateInput(),
                              help_text=_("不填则一直有效，直到解除"))


class LiftForm(forms.Form):
    reason = forms.CharField(label=_("解除的理由"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True}))


class AssignForm(forms.Form):
    collector = forms.TypedChoiceField(label=_("交给"), coerce=int)
    starts_on = forms.DateField(label=_("自"), widget=DateInput())
    why = pick(_("原因"), Assignment.Why.choices, required=True)
    reason = forms.CharField(label=_("说明"), max_length=300)

    def __init__(self, *args: Any, staff: list[tuple[User, Unit]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collector"].choices = [("", "—"), *(  # type: ignore[attr-defined]
            (person.pk, f"{unit} · {person}") for person, unit in staff)]
