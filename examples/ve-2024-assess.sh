#!/usr/bin/env bash
# Venezuela, 28 July 2024: what the published tables prove, and what they do not; every value with its method.
# Usage: examples/ve-2024-assess.sh [DATA_FOLDER [WORK_FOLDER]]; a WORK_FOLDER of examples/ve-2024.sh is used again.
# CLEAN=200 calibrates the screens on as many simulated elections as docs/statistics.md tells (20 take half a minute).
set -euo pipefail
cd "$(dirname "$0")/.."
DATA=${1:-../shared/data/ve-2024}
WORK=${2:-$(mktemp -d)}
PATH="$PWD/.venv/bin:$PATH"
export TESTIGO_HOME=$WORK/home
SECONDS=0

if [ ! -e "$TESTIGO_HOME/policy.txt" ]; then
  testigo setup elections/ve-2024 --tables "$DATA"
  for source in organisers-v1 organisers-v2 third-party-qr; do
    testigo report "$source" "$DATA/$source.csv"
  done
  testigo seal
fi
echo; echo "--- how often screens raise false alarms in elections like this one"
testigo calibrate --elections "${CLEAN:-20}" --keep
testigo seal
echo; echo "--- en frases sencillas"; testigo assess --language es
echo; echo "--- every claim"; testigo assess --language en --full --out "$WORK/assessment"
echo "from the tables to the assessment: $SECONDS seconds"
