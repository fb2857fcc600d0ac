"""Choices as chips with keys, for forms that are filled while somebody talks."""

from __future__ import annotations

from typing import Any

from django import forms

KEYS = "1234567890abcdefghilm"  # without j and k, which move in lists


class Picks(forms.RadioSelect):
    """Radio buttons each with a key of its own, in order; shown by ``web/components/picks.html``."""

    def create_option(self, name: str, value: Any, label: Any, selected: bool, index: int, *args: Any,
                      **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, *args, **kwargs)
        place = sum(1 for known, _ in list(self.choices)[:index] if known != "")
        option["attrs"]["pick"] = KEYS[place] if value != "" and place < len(KEYS) else ""
        return option


def pick(label: Any, choices: Any, *, required: bool = False, help_text: Any = "") -> forms.ChoiceField:
    """A choice field shown as picks. Not *required*: none may be chosen."""
    given = list(choices) if required else [("", ""), *choices]
    return forms.ChoiceField(label=label, choices=given, required=required, help_text=help_text, widget=Picks)
