"""The English catalogue: msgids are the Chinese texts in the code, each room keeps its English beside itself.

    python scripts/messages.py extract [ROOM ...]   bring qingshou/<room>/locale/en/LC_MESSAGES/django.po up to date: new
                                                    texts are added empty, those that are gone dropped, English is kept
    python scripts/messages.py compile              write the .mo files that are read at run time (make and the tests do)
    python scripts/messages.py check [ROOM ...]     list what has no English, or English that does not fit; exit 1 if any
    python scripts/messages.py bare [ROOM ...]      list Chinese in templates and code that is not marked for translation

Found are ``_("..")``, ``gettext``, ``gettext_lazy``, ``gettext_noop``, ``N_``, ``pgettext``, ``ngettext`` and their lazy kin
in Python, ``{% translate %}``, ``{% blocktranslate %}`` and ``_("..")`` in templates. Engine and policy know no Django: there
every Chinese string of the engine, and every title, note and Chinese value of a policy file, is a msgid. What is not in a
room (engine, policy, store, config, cli, api) goes to the catalogue ``shared``, ``qingshou/locale``.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.texts import Text, is_chinese, python_bare, python_texts, template_bare, template_texts, toml_texts  # noqa: E402

PACKAGE = ROOT / "qingshou"
NOT_ROOMS = ("engine", "policy", "store", "config", "cli", "api")
SHARED = "shared"
HEADER = {"Project-Id-Version": "Qingshou", "Language": "en", "MIME-Version": "1.0",
          "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
          "Plural-Forms": "nplurals=2; plural=(n != 1);"}
PLACEHOLDER = re.compile(r"%\((\w+)\)|%[sd]|\{(\w*)\}")


def rooms() -> list[str]:
    """Rooms that keep a catalogue of their own, and ``shared``."""
    found = sorted(path.parent.name for path in PACKAGE.glob("*/apps.py") if path.parent.name not in NOT_ROOMS)
    return [*found, SHARED]


def catalogue(room: str) -> Path:
    base = PACKAGE if room == SHARED else PACKAGE / room
    return base / "locale" / "en" / "LC_MESSAGES" / "django.po"


def sources(room: str) -> Iterator[Path]:
    folders = [PACKAGE / name for name in NOT_ROOMS] if room == SHARED else [PACKAGE / room]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "migrations" not in path.parts and "static" not in path.parts:
                yield path


def texts(room: str) -> dict[tuple[str, str], Text]:
    """Everything a room says, by (context, msgid); the first place where it stands is kept."""
    found: dict[tuple[str, str], Text] = {}
    for path in sources(room):
        where = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py":
            items = python_texts(path.read_text(), where, every_chinese="engine" in path.relative_to(PACKAGE).parts[:1])
        elif "templates" in path.parts:
            items = template_texts(path.read_text(), where)
        elif path.suffix == ".toml":
            items = toml_texts(path.read_text(), where)
        else:
            continue
        for text in items:
            found.setdefault((text.context, text.msgid), text)
    return found


def extract(room: str) -> bool:
    """Bring a room's catalogue up to date; whether it changed."""
    path, found = catalogue(room), texts(room)
    old = {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    made = polib.POFile(wrapwidth=120)
    made.metadata = HEADER
    for (context, msgid), text in sorted(found.items(), key=lambda item: (item[1].where, item[0][1], item[0][0])):
        entry = polib.POEntry(msgid=msgid, msgctxt=context or None, occurrences=[(text.where, "")])
        known = old.get((context, msgid))
        if text.plural:
            entry.msgid_plural = text.plural
            entry.msgstr_plural = known.msgstr_plural if known and known.msgid_plural else {0: "", 1: ""}
        else:
            entry.msgstr = known.msgstr if known else ""
        made.append(entry)
    content = str(made) + ("" if str(made).endswith("\n") else "\n")
    if not found or (path.exists() and path.read_text() == content):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return True


def compile_all() -> int:
    """Write each .mo that is older than its .po; how many were written."""
    written = 0
    for path in (catalogue(room) for room in rooms()):
        target = path.with_suffix(".mo")
        if path.exists() and (not target.exists() or target.stat().st_mtime < path.stat().st_mtime):
            passing = target.with_suffix(f".{os.getpid()}")  # two test runs may compile at once
            polib.pofile(str(path)).save_as_mofile(str(passing))
            passing.replace(target)
            written += 1
    return written


def complaints(room: str) -> list[str]:
    """What keeps a room's English from being complete: missing, not fitting, or the catalogue behind the sources."""
    path, found, said = catalogue(room), texts(room), []
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    for key, text in found.items():
        entry = known.get(key)
        english = [] if entry is None else list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if not english or not all(english) or (entry is not None and "fuzzy" in entry.flags):
            said.append(f"{text.where}: no English: {text.msgid}")
        elif any(is_chinese(line) for line in english):
            said.append(f"{text.where}: Chinese in the English of: {text.msgid}")
        elif any(_placeholders(line) != _placeholders(text.msgid) for line in english):
            said.append(f"{text.where}: the placeholders differ: {text.msgid}")
    said += [f"{path.relative_to(ROOT)}: no longer used, run extract: {msgid}" for _, msgid in known.keys() - found.keys()]
    return said


def bare(room: str) -> list[str]:
    """Chinese that a reader would see in any language."""
    said: list[str] = []
    for path in sources(room):
        where = path.relative_to(ROOT).as_posix()
        if "templates" in path.parts:
            said += template_bare(path.read_text(), where)
        elif path.suffix == ".py" and room != SHARED:
            said += python_bare(path.read_text(), where)
    return said


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


def main(arguments: list[str]) -> int:
    action, chosen = (arguments or ["help"])[0], arguments[1:] or rooms()
    unknown = set(chosen) - set(rooms())
    if action not in ("extract", "compile", "check", "bare") or unknown:
        print(__doc__)
        print(f"Rooms: {', '.join(rooms())}")
        return 2
    if action == "compile":
        compile_all()
        return 0
    if action == "extract":
        changed = [room for room in chosen if extract(room)]
        print(f"Changed: {', '.join(changed) or 'nothing'}")
        return 0
    lines = [line for room in chosen for line in (complaints(room) if action == "check" else bare(room))]
    print("\n".join(lines) or "Nothing to say.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
