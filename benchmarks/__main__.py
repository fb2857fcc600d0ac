"""``make bench``: every figure of docs/benchmarks.md, as rates and as ratios against a baseline of the same run.

``python -m benchmarks [--small] [NAME ...]`` with names ``replay dayend dayend-postgresql imports imports-postgresql pages``;
``--small`` runs each at a hundredth of its size, to see that it works.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from typing import Any

Rows = list[dict[str, Any]]


def _replay(share: int) -> Rows:
    from benchmarks import replay

    return replay.run()


def _dayend(share: int, store: str = "sqlite") -> Rows:
    from benchmarks import dayend

    return dayend.run(dayend.LOANS // share, store)


def _imports(share: int, store: str = "sqlite") -> Rows:
    from benchmarks import imports

    return imports.run(imports.TRANSACTIONS // share, store)


def _pages(share: int) -> Rows:
    from benchmarks import pages

    return pages.run(pages.BORROWERS // share)


BENCHMARKS: dict[str, Callable[[int], Rows]] = {
    "replay": _replay, "dayend": _dayend, "dayend-postgresql": lambda share: _dayend(share, "postgresql"),
    "imports": _imports, "imports-postgresql": lambda share: _imports(share, "postgresql"), "pages": _pages,
}


def main(arguments: list[str]) -> int:
    small = "--small" in arguments
    names = [name for name in arguments if name != "--small"] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    if len(names) == 1 and os.environ.get("QINGSHOU_BENCH_CHILD"):
        print(json.dumps(BENCHMARKS[names[0]](100 if small else 1)))
        return 0
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in names:  # each in a process of its own: none inherits another's memory or settings
        done = subprocess.run([sys.executable, "-m", "benchmarks", name, *(["--small"] if small else [])], check=False,
                              text=True, stdout=subprocess.PIPE, env=os.environ | {"QINGSHOU_BENCH_CHILD": "1"})
        if done.returncode:
            return done.returncode
        print(f"\n{name}")
        for row in json.loads(done.stdout.splitlines()[-1]):
            print(f"  {row['name']:<62}{row['figure']:>16,} {row['unit']:<12} {row['note']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
