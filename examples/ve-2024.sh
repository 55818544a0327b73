#!/usr/bin/env bash
# Venezuela, 28 July 2024: from the three published tables to totals, comparisons and a verified bundle.
# Usage: examples/ve-2024.sh [DATA_FOLDER [WORK_FOLDER]]; docs/venezuela-2024-data.md says where the tables are.
set -euo pipefail
cd "$(dirname "$0")/.."
DATA=${1:-../shared/data/ve-2024}
WORK=${2:-$(mktemp -d)}
PATH="$PWD/.venv/bin:$PATH"
export TESTIGO_HOME=$WORK/home
SECONDS=0

testigo setup elections/ve-2024 --tables "$DATA"
for source in organisers-v1 organisers-v2 third-party-qr; do
  testigo report "$source" "$DATA/$source.csv"
done
testigo publish "$WORK/site"
testigo verify "$WORK/site/bundle" --policy "$TESTIGO_HOME/policy.txt"
echo "from the tables to the verified bundle: $SECONDS seconds"

echo; echo "--- the first release alone"; testigo tabulate --source organisers-v1
echo "--- the second release alone"; testigo tabulate --source organisers-v2
echo "--- the readings of the QR codes by others, alone"; testigo tabulate --source third-party-qr
echo "--- the first release against the second"; testigo reconcile organisers-v1 organisers-v2
echo "--- the second release against the readings by others"; testigo reconcile organisers-v2 third-party-qr
echo "--- what the policy accepts"; testigo tabulate
echo "--- the announced bulletins beside it"; testigo compare
python3 -I "$WORK/site/bundle/verify_alone.py" "$WORK/site/bundle" --policy "$TESTIGO_HOME/policy.txt" | tail -n 1
