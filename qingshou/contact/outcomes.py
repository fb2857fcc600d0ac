"""What may come of an outreach, by channel, in the words of that channel."""

from __future__ import annotations

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from qingshou.contact.models import Channel, Outcome

# In the order of the form's keys 1, 2, 3 …
BY_CHANNEL: dict[str, dict[str, str | LazyText]] = {
    Channel.CALL: {
        Outcome.PROMISED: _("承诺还款"), Outcome.REACHED: _("接通"), Outcome.NO_ANSWER: _("未接"),
        Outcome.PAID_CLAIM: _("称已还"), Outcome.REFUSED: _("拒绝"), Outcome.MESSAGE_LEFT: _("转告回电"),
        Outcome.WRONG_NUMBER: _("号码错误")},
    Channel.VISIT: {
        Outcome.PROMISED: _("承诺还款"), Outcome.MET: _("见面"), Outcome.NOT_HOME: _("无人"), Outcome.PAID_CLAIM: _("称已还"),
        Outcome.REFUSED: _("拒绝"), Outcome.SIGNED: _("签收函件"), Outcome.NOT_SIGNED: _("拒签函件"),
        Outcome.MESSAGE_LEFT: _("转告回电")},
    Channel.LETTER: {
        Outcome.SIGNED: _("签收"), Outcome.NOT_SIGNED: _("拒签"), Outcome.NOT_HOME: _("无人签收"),
        Outcome.WRONG_NUMBER: _("退回：地址错误")},
    Channel.MESSAGE: {
        Outcome.REACHED: _("已回复"), Outcome.NO_ANSWER: _("未回复"), Outcome.PROMISED: _("承诺还款"),
        Outcome.PAID_CLAIM: _("称已还"), Outcome.REFUSED: _("拒绝"), Outcome.WRONG_NUMBER: _("号码错误")},
}
# Somebody was there and answered; what is not here reached nobody.
ANSWERED = frozenset({Outcome.REACHED, Outcome.REFUSED, Outcome.PROMISED, Outcome.PAID_CLAIM, Outcome.MET, Outcome.SIGNED,
                      Outcome.NOT_SIGNED, Outcome.MESSAGE_LEFT})
TONES = {Outcome.PROMISED: "good", Outcome.SIGNED: "good", Outcome.PAID_CLAIM: "good", Outcome.REACHED: "calm",
         Outcome.MET: "calm", Outcome.MESSAGE_LEFT: "calm", Outcome.REFUSED: "warn", Outcome.NOT_SIGNED: "warn"}


def label(channel: str, outcome: str) -> str:
    """The outcome in the channel's words; what the channel does not know shows by its general name."""
    known = BY_CHANNEL.get(channel, {})
    if outcome in known:
        return str(known[outcome])
    return str(Outcome(outcome).label) if outcome in Outcome.values else outcome
