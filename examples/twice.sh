#!/usr/bin/env bash
# The same log published twice gives the same bytes; the database rebuilt from the log is the same database.
set -euo pipefail
cd "$(dirname "$0")/.."
WORK=$(mktemp -d)
PATH="$PWD/.venv/bin:$PATH"
export TESTIGO_HOME=$WORK/home

testigo drill "$WORK/drill" --stations 60 --seed 5
testigo setup "$WORK/drill/election"
testigo report second "$WORK/drill/tables/second.csv"
testigo intake "$WORK/drill/photos" --claims "$WORK/drill/claims.csv"
testigo read
testigo publish "$WORK/one"
testigo publish "$WORK/two"
diff -r "$WORK/one" "$WORK/two"
echo "published twice: the same bytes"
testigo rebuild --check
rm "$TESTIGO_HOME"/testigo.sqlite*
testigo rebuild
testigo publish "$WORK/three"
diff -r "$WORK/one" "$WORK/three"
echo "published from the rebuilt database: the same bytes"
testigo verify "$WORK/one/bundle" --policy "$TESTIGO_HOME/policy.txt" | tail -n 1
python3 -I "$WORK/one/bundle/verify_alone.py" "$WORK/one/bundle" --policy "$TESTIGO_HOME/policy.txt" | tail -n 1
(cd "$WORK/one/bundle" && sha256sum --quiet -c manifest-sha256.txt)
rm -rf "$WORK"
