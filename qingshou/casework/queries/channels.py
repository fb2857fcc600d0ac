"""How and toward whom a task works, in words. Reaching out to somebody is recorded in the contact room."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

OUTREACH = ("call", "message", "letter", "visit")
PERSONAL = ("call", "visit", "letter", "office")  # what a person may set a task for
LABELS: dict[str, str | Promise] = {
    "call": _("电话"), "message": _("短信"), "letter": _("函件"), "visit": _("上门"), "office": _("内勤"),
}
TARGETS: dict[str, str | Promise] = {"borrower": _("借款人"), "guarantor": _("保证人"), "contact": _("联系人")}


def label(channel: str) -> str:
    """The channel in words; a code that the bank's own path uses shows as it is."""
    return str(LABELS.get(channel, channel))


def titled(channel: str, title: str) -> str:
    """A step in words: its channel and title, such as 电话：兑现承诺; a title that begins with the channel stands alone."""
    name, words = label(channel), gettext(title)
    if words.lower().startswith(name.lower()):
        return words
    return gettext("%(channel)s：%(title)s") % {"channel": name, "title": words}
