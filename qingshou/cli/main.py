"""The qingshou command: finds the commands beside it, parses, runs, and never shows a traceback."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Iterable
from typing import Any

DONE, REFUSED, USAGE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 1 input refused, 2 wrong usage."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingshou.config.settings")
    given = sys.argv[1:] if arguments is None else arguments
    try:
        status = _run(given)
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = DONE
    except KeyboardInterrupt:
        status = REFUSED
    except SystemExit as error:  # argparse ends so after --help and after wrong usage
        status = error.code if isinstance(error.code, int) else REFUSED
    if arguments is None:
        sys.exit(status)
    return status


def _run(arguments: list[str]) -> int:
    from qingshou.config.environment import ConfigurationError

    as_json = "--json" in arguments
    try:
        import django

        django.setup()
    except ConfigurationError as error:
        return _refuse([str(error)], as_json)
    except OSError as error:
        return _refuse([f"{error.filename or 'QINGSHOU_HOME'}: {error.strerror or error}"], as_json)
    from django.utils import translation

    from qingshou.cli import wording

    language = _language()
    translation.activate(language)
    wording.speak(language)
    parser, chosen = _parse(arguments)
    if chosen is None:
        parser.print_help(sys.stderr)
        return USAGE
    return _guarded(chosen, as_json)


def _guarded(chosen: argparse.Namespace, as_json: bool) -> int:
    """Run the chosen command; whatever it raises becomes reasons on standard error."""
    from django.core.exceptions import PermissionDenied, ValidationError
    from django.db import DatabaseError
    from django.utils.translation import gettext as _

    from qingshou.cli import trouble
    from qingshou.cli.output import Refused
    from qingshou.config.environment import ConfigurationError
    from qingshou.policy import PolicyError

    try:
        return int(chosen.run_command(chosen) or DONE)
    except Refused as error:
        return _refuse(error.reasons, as_json)
    except ValidationError as error:
        return _refuse(error.messages, as_json)
    except (ConfigurationError, PermissionDenied, PolicyError) as error:
        return _refuse([str(error)], as_json)
    except DatabaseError as error:
        if os.environ.get("QINGSHOU_TRACEBACK"):
            raise
        return _refuse(trouble.store_reasons(error), as_json)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _refuse([f"{error.filename or ''}: {error.strerror or error}".removeprefix(": ")], as_json)
    except Exception as error:
        if os.environ.get("QINGSHOU_TRACEBACK"):
            raise
        return _refuse([_("内部错误：%(what)s。详情已写入 %(log)s，请报告给维护人员。") % {
            "what": f"{type(error).__name__}: {error}", "log": trouble.write_down()}], as_json)


def _parse(arguments: list[str]) -> tuple[argparse.ArgumentParser, Any]:
    from qingshou.cli import commands
    from qingshou.cli.options import json_option

    parser = argparse.ArgumentParser(prog="qingshou", description="清收 Qingshou")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda found: found.name):
        command = importlib.import_module(f"{commands.__name__}.{module.name}")
        sub = subparsers.add_parser(command.NAME, help=str(command.HELP), description=str(command.HELP),
                                    parents=[json_option()])
        command.add_arguments(sub)
        sub.set_defaults(run_command=command.run)
    parsed = parser.parse_args(arguments)
    if hasattr(parsed, "run_command") and not hasattr(parsed, "json"):
        parsed.json = False
    return parser, parsed if hasattr(parsed, "run_command") else None


def _language() -> str:
    """English where the locale says so, else Chinese. (Python takes the plain C locale for American English.)"""
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if name.lower().startswith("en") else "zh-hans"


def _refuse(reasons: Iterable[str], as_json: bool) -> int:
    """Reasons on standard error, one a line; for machines also as JSON on standard output."""
    reasons = [str(reason) for reason in reasons]
    if as_json:
        sys.stdout.write(json.dumps({"errors": reasons}, ensure_ascii=False) + "\n")
    for reason in reasons:
        sys.stderr.write(f"{reason}\n")
    return REFUSED
