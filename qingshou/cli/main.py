"""The qingshou command: finds the commands beside it, parses, runs, and never shows a traceback."""

from __future__ import annotations

import argparse
import importlib
import locale
import os
import pkgutil
import sys
from typing import Any

DONE, REFUSED, USAGE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 1 input refused, 2 wrong usage."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingshou.config.settings")
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments)
    except BrokenPipeError:
        status = DONE
    except KeyboardInterrupt:
        status = REFUSED
    if arguments is None:
        sys.exit(status)
    return status


def _run(arguments: list[str]) -> int:
    from qingshou.config.environment import ConfigurationError

    try:
        import django

        django.setup()
    except ConfigurationError as error:
        return _refuse([str(error)])
    from django.core.exceptions import PermissionDenied, ValidationError
    from django.db import DatabaseError
    from django.utils import translation

    from qingshou.cli.output import Refused

    translation.activate(_language())
    parser, chosen = _parse(arguments)
    if chosen is None:
        parser.print_help(sys.stderr)
        return USAGE
    try:
        return int(chosen.run_command(chosen) or DONE)
    except Refused as error:
        return _refuse(error.reasons)
    except ValidationError as error:
        return _refuse(error.messages)
    except (ConfigurationError, PermissionDenied) as error:
        return _refuse([str(error)])
    except DatabaseError as error:
        if os.environ.get("QINGSHOU_TRACEBACK"):
            raise
        return _refuse([f"store: {error}", "qingshou init"])
    except OSError as error:
        return _refuse([f"{error.filename or ''}: {error.strerror or error}"])


def _parse(arguments: list[str]) -> tuple[argparse.ArgumentParser, Any]:
    from qingshou.cli import commands

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="machine-readable output")
    parser = argparse.ArgumentParser(prog="qingshou", description="清收")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda found: found.name):
        command = importlib.import_module(f"{commands.__name__}.{module.name}")
        sub = subparsers.add_parser(command.NAME, help=str(command.HELP), description=str(command.HELP), parents=[common])
        command.add_arguments(sub)
        sub.set_defaults(run_command=command.run)
    parsed = parser.parse_args(arguments)
    return parser, parsed if hasattr(parsed, "run_command") else None


def _language() -> str:
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if (name or locale.getlocale()[0] or "").lower().startswith("en") else "zh-hans"


def _refuse(reasons: Any) -> int:
    for reason in reasons:
        sys.stderr.write(f"{reason}\n")
    return REFUSED
