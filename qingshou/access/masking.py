"""How personal data looks until there is a reason to see it: enough to recognise, too little to use."""

from __future__ import annotations

STARS = "****"


def mask_id(text: str) -> str:
    """An identity or credit-code number: ``990101198001010011`` → ``990***********0011``."""
    text = "".join(text.split())
    if len(text) < 11:
        return _hide(text)
    return text[:3] + "*" * (len(text) - 7) + text[-4:]


def mask_phone(text: str) -> str:
    """A telephone number: ``19900001234`` → ``199****1234``."""
    text = "".join(text.split())
    if len(text) < 7:
        return _hide(text)
    return text[:3] + STARS + text[-4:]


def mask_address(text: str) -> str:
    """An address: the first six characters (county or town), nothing of the door."""
    text = text.strip()
    return text[:6] + STARS if len(text) > 6 else _hide(text)


def mask_text(text: str) -> str:
    """Anything else that is personal (employer, e-mail): its first character."""
    return _hide(text.strip())


def _hide(text: str) -> str:
    return text[:1] + STARS if text else ""
