"""Forms of the portfolio's pages: they only check; services change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qingshou.engine.money import MoneyError, format_percent, format_yuan, parse_percent, parse_yuan
from qingshou.portfolio.models import LedgerEvent, Level, Stage
from qingshou.portfolio.queries import lists
from qingshou.portfolio.services.entry import BY_HAND

_MONEY_ERRORS = {
    "empty": _("请填写金额。"), "not_a_number": _("须是数字，例如 1234.50。"), "decimals": _("最多两位小数。"),
    "too_large": _("数目过大。"),
}
_RATE_ERRORS = _MONEY_ERRORS | {"not_a_number": _("须是百分数，例如 7.2。"), "decimals": _("最多四位小数。")}


class YuanField(forms.CharField):
    """An amount in yuan; clean gives fen (int) or None. Digits may be full-width and grouped by commas."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=30, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return format_yuan(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_yuan(text, lenient=True)
        except MoneyError as error:
            raise forms.ValidationError(_MONEY_ERRORS[error.code]) from None


class PercentField(forms.CharField):
    """A yearly rate in percent; clean gives ppm (int) or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return format_percent(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_percent(text)
        except MoneyError as error:
            raise forms.ValidationError(_RATE_ERRORS[error.code]) from None


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DateForm(forms.Form):
    """The date of a balance, quote or statement."""

    date = forms.DateField(label=_("日期"), required=False, widget=day_input())


class FilterForm(forms.Form):
    """The filters of a list; :meth:`wanted` is what they ask for. A field that cannot be read does not filter."""

    stage = forms.ChoiceField(label=_("阶段"), required=False)
    level = forms.ChoiceField(label=_("五级分类"), required=False)
    segment = forms.ChoiceField(label=_("小类"), required=False)
    village = forms.ChoiceField(label=_("村"), required=False)
    unit = forms.ChoiceField(label=_("机构"), required=False)
    custodian = forms.ChoiceField(label=_("管户人"), required=False)
    product = forms.ChoiceField(label=_("产品"), required=False)
    branch = forms.CharField(label=_("支行"), required=False, max_length=60, widget=forms.HiddenInput)
    least = YuanField(label=_("逾期金额从（元）"), required=False)
    most = YuanField(label=_("至（元）"), required=False)

    def __init__(self, data: Any, *, choices: lists.Choices, segments: list[tuple[str, str]]) -> None:
        super().__init__(data)
        every = [("", _("全部"))]
        options: dict[str, list[tuple[Any, Any]]] = {
            "stage": [(lists.OVERDUE, _("已逾期")), *Stage.choices],
            "level": [(lists.BAD, _("不良")), *Level.choices],
            "segment": segments,
            "village": [(name, name) for name in choices.villages],
            "unit": [(unit.pk, unit.name) for unit in choices.units],
            "custodian": [(user.pk, str(user)) for user in choices.custodians],
            "product": [(name, name) for name in choices.products],
        }
        for name, pairs in options.items():
            self.fields[name].choices = [*every, *pairs]  # type: ignore[attr-defined]
            self.fields[name].widget.choices = self.fields[name].choices  # type: ignore[attr-defined]
        for name in ("unit", "custodian"):
            if not options[name]:
                del self.fields[name]

    def wanted(self) -> lists.Filter:
        """The filter; call after ``is_valid``."""
        data = self.cleaned_data
        return lists.Filter(
            stage=data.get("stage") or "", level=data.get("level") or "", segment=data.get("segment") or "",
            village=data.get("village") or "", unit=int(data["unit"]) if data.get("unit") else None,
            custodian=int(data["custodian"]) if data.get("custodian") else None, product=data.get("product") or "",
            branch=data.get("branch") or "", least_fen=data.get("least"), most_fen=data.get("most"))


class EntryForm(forms.Form):
    """An event to post by hand. Which fields a kind needs is judged by the service."""

    kind = forms.ChoiceField(label=_("交易"), choices=[(kind, LedgerEvent.Kind(kind).label) for kind in BY_HAND
                                                     if kind != LedgerEvent.Kind.REVERSAL])
    date = forms.DateField(label=_("业务日期"), widget=day_input(), help_text=_("实际发生的日期，可早于业务日。"))
    amount = YuanField(label=_("金额（元）"), required=False, help_text=_("利率调整不填，其他都要填。"))
    rate = PercentField(label=_("新年利率（%）"), required=False, help_text=_("只在利率调整时填写。"))
    channel = forms.CharField(label=_("渠道"), required=False, max_length=20)
    note = forms.CharField(label=_("备注"), required=False, max_length=200)

    def facts(self) -> dict[str, Any]:
        """Arguments of ``services.ledger.preview_event``; call after ``is_valid``."""
        data = self.cleaned_data
        return {"kind": data["kind"], "date": data["date"], "amount_fen": data["amount"], "rate_ppm": data["rate"],
                "channel": data["channel"], "note": data["note"], "reverses": None}


class ReversalForm(forms.Form):
    """The reversal of an event."""

    reverses = forms.IntegerField(widget=forms.HiddenInput)
    date = forms.DateField(label=_("冲正日期"), widget=day_input())
    note = forms.CharField(label=_("备注"), required=False, max_length=200)

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"kind": LedgerEvent.Kind.REVERSAL, "date": data["date"], "amount_fen": None, "rate_ppm": None, "channel": "",
                "note": data["note"], "reverses": data["reverses"]}


class PaymentForm(forms.Form):
    """A payment that names no loan."""

    date = forms.DateField(label=_("业务日期"), widget=day_input(), help_text=_("实际发生的日期，可早于业务日。"))
    amount = YuanField(label=_("金额（元）"))
    channel = forms.CharField(label=_("渠道"), required=False, max_length=20)
    note = forms.CharField(label=_("备注"), required=False, max_length=200)

    def facts(self) -> dict[str, Any]:
        """Arguments of ``services.payment.preview_payment``; call after ``is_valid``."""
        return {"date": self.cleaned_data["date"], "amount_fen": self.cleaned_data["amount"]}


class ConfirmForm(forms.Form):
    """What a preview adds to its entry when it is confirmed."""

    event_no = forms.CharField(max_length=60, widget=forms.HiddenInput)
    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("写明凭证号或依据，将记入审计。"),
                             widget=forms.Textarea(attrs={"rows": 2}))


class LevelForm(forms.Form):
    """A decision on a loan's class; *levels* are those that it can lead to (none for a lifting)."""

    decision = forms.ChoiceField(choices=[("lower", ""), ("raise", ""), ("lift", "")], widget=forms.HiddenInput)
    level = forms.ChoiceField(label=_("分类"), required=False)
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any = None, *, levels: Sequence[str] = tuple(Level.values), **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"id_{kwargs.get('initial', {}).get('decision', '')}_%s", **kwargs)
        self.fields["level"].choices = [(level, Level(level).label) for level in levels]  # type: ignore[attr-defined]
