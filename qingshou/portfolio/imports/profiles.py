"""The profiles that this installation knows: those shipped, and the bank's own in its home folder (which win)."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from qingshou.portfolio.imports.profile import Profile, ProfileError
from qingshou.portfolio.imports.profile_file import available, load


def folders() -> tuple[Path, Path]:
    """Where profiles are looked for: shipped, then the bank's."""
    return Path(settings.PROFILES), Path(settings.HOME) / "profiles"


def find(name: str) -> Profile:
    """A profile by name, or by the path of its file. Raises ProfileError."""
    known = available(folders())
    if name in known:
        return load(known[name])
    if name.endswith(".toml") and Path(name).is_file():
        return load(Path(name))
    raise ProfileError(_("没有名为 %(name)s 的导入方案；有：%(names)s") % {"name": name, "names": ", ".join(sorted(known))})


def listed() -> list[Profile]:
    """All profiles that can be used, the standard one first."""
    profiles = []
    for path in available(folders()).values():
        try:
            profiles.append(load(path))
        except ProfileError:
            continue  # named when it is asked for
    return sorted(profiles, key=lambda profile: (profile.name != "standard", profile.name))
