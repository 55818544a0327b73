#!/bin/sh
# testigo for a room with its own network: laptop.sh HOME ADDRESS, such as laptop.sh home 10.42.0.1. Ends with Ctrl-C.
#
# Makes a certificate at the first start (HOME-room/), and answers at https://ADDRESS:8443 through caddy, which has to be
# installed. testigo itself listens on this machine alone.
set -eu
[ $# -eq 2 ] || { echo "usage: laptop.sh HOME ADDRESS" >&2; exit 3; }
here=$(cd "$(dirname "$0")" && pwd)
export TESTIGO_TLS="${1%/}-room" TESTIGO_LAN="$2" TESTIGO_LAN_PORT="${TESTIGO_LAN_PORT:-8443}"
export TESTIGO_AT="127.0.0.1:${TESTIGO_PORT:-8080}"
[ -e "$TESTIGO_TLS/room.crt" ] || sh "$here/laptop-certificate.sh" "$2" "$TESTIGO_TLS"
caddy run --config "$here/laptop.Caddyfile" --adapter caddyfile >"$TESTIGO_TLS/caddy.log" 2>&1 &
proxy=$!
trap 'kill "$proxy" 2>/dev/null || true' EXIT
# Ctrl-C reaches testigo too, which seals what waits before it ends.
trap : INT
testigo serve --home "$1" --port "${TESTIGO_PORT:-8080}" --address "https://$2:$TESTIGO_LAN_PORT"
