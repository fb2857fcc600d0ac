#!/usr/bin/env bash
# All tests: the linters, everything on SQLite, then everything that touches the store again on PostgreSQL.
# Arguments go to pytest (then only the SQLite run is made): scripts/test.sh tests/engine -k fold
set -euo pipefail
cd "$(dirname "$0")/.."
PYTEST=".venv/bin/python -m pytest -q"
if [ $# -gt 0 ]; then exec $PYTEST "$@"; fi
bash scripts/lint.sh
$PYTEST -n 2 --dist loadfile
QINGSHOU_TEST_STORE=postgresql $PYTEST -n 2 --dist loadfile -m "not browser" --ignore tests/engine --ignore tests/policy --ignore tests/demo
