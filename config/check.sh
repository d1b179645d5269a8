#!/bin/sh
# Everything that is wrong without running the product: format, lint, types, imports, migrations, catalogue.
# All of it runs even when the first part fails; the exit status is 1 when any failed.
BIN=${BIN:-.venv/bin}
status=0

try() {
    name=$1
    shift
    if output=$("$@" 2>&1 </dev/null); then
        echo "ok    $name"
    else
        echo "$output"
        echo "FAIL  $name"
        status=1
    fi
}

export DJANGO_SETTINGS_MODULE=tests.settings IHALA_ROLE=owner
try "format" "$BIN/ruff" format --check --quiet .
try "lint" "$BIN/ruff" check --quiet .
try "templates" "$BIN/djlint" --lint --quiet templates
try "imports" "$BIN/lint-imports"
try "types" "$BIN/mypy" --no-error-summary
try "system check" "$BIN/python" -m django check --fail-level WARNING
try "migrations" "$BIN/python" -m django makemigrations --check --dry-run
try "catalogue" "$BIN/ihala" messages check
exit $status
