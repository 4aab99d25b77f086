#!/usr/bin/env bash
# Asks the notebook oracle (notebook.py) about media/sample.csv and every fixture of test/fixtures/csv, and
# writes what it says to test/fixtures/expected/NAME.json. The README there is written from what happened:
# which files pandas read as they are, which with an option, which it misread and which it refused.
#
# Needs Debian's python3-pandas, run as /usr/bin/python3.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=/usr/bin/python3
"$python" -c 'import pandas' 2>/dev/null || { echo "pandas is missing: apt-get install python3-pandas" >&2; exit 1; }

exec node "$root/scripts/samples/makeExpected.mjs" "$python"
