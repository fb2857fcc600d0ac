#!/usr/bin/env bash
# Style, types of the rules and the changes, and who may import whom.
set -euo pipefail
cd "$(dirname "$0")/.."
export QINGSHOU_MODE=test QINGSHOU_HOME="${QINGSHOU_LINT_HOME:-$(mktemp -d)}"
BIN=.venv/bin
$BIN/ruff check .
$BIN/lint-imports
$BIN/mypy -p qingshou.engine -p qingshou.policy -p qingshou.store
$BIN/mypy $(git ls-files 'qingshou/*/services.py' 'qingshou/*/services/*.py')
