#!/usr/bin/env bash
# The main job on a synthetic election: sheets and a table in, a checked count and a bundle out.
# OUT is where it works, STATIONS how many stations; SERVE=0 ends without serving the site.
set -euo pipefail
cd "$(dirname "$0")/.."
OUT=${OUT:-demo-out}
STATIONS=${STATIONS:-300}
export TESTIGO_HOME=$OUT/home
log=$OUT/demo.log
mkdir -p "$OUT"

quiet() { "$@" >>"$log" || { echo "failed: $* (see $log)"; exit 1; }; }

echo "testigo: a drill of $STATIONS stations, from photographed sheets to a count that anybody can check"
echo "(the whole story is in $log)"
quiet testigo drill "$OUT/drill" --stations "$STATIONS" --seed 2024
quiet testigo setup "$OUT/drill/election"
quiet testigo report second "$OUT/drill/tables/second.csv"
quiet testigo intake "$OUT/drill/photos" --claims "$OUT/drill/claims.csv"
quiet testigo read
quiet testigo publish "$OUT/site"
quiet testigo verify "$OUT/site/bundle" --policy "$TESTIGO_HOME/policy.txt"
quiet python3 -I "$OUT/site/bundle/verify_alone.py" "$OUT/site/bundle" --policy "$TESTIGO_HOME/policy.txt"

echo
python3 examples/against_truth.py "$OUT/drill" "$OUT/site/bundle"
testigo tabulate | grep ' leads '
tail -n 1 "$log"
echo "site:   $OUT/site/index.html"
echo "check:  python3 $OUT/site/bundle/verify_alone.py $OUT/site/bundle --policy $TESTIGO_HOME/policy.txt"

if [ "${SERVE:-1}" != 0 ] && [ -t 1 ]; then
  PORT=${PORT:-8000}
  echo "serving on http://127.0.0.1:$PORT (Ctrl-C ends it)"
  exec python3 -m http.server --bind 127.0.0.1 --directory "$OUT/site" "$PORT" >/dev/null 2>&1
fi
