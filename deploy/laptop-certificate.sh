#!/bin/sh
# A certificate for one address of a network without internet: laptop-certificate.sh ADDRESS FOLDER.
#
# FOLDER/ca.crt is what every device has to trust; FOLDER/room.crt and room.key are the proxy's. The authority signs once:
# it can vouch for this address alone, for 30 days, and its key is gone before the script ends.
set -eu
[ $# -eq 2 ] || { echo "usage: laptop-certificate.sh ADDRESS FOLDER, such as 10.42.0.1 room" >&2; exit 3; }
address=$1
folder=$2
case $address in
  *[!0-9.]*) names="DNS:$address" permitted="permitted;DNS:$address,permitted;IP:0.0.0.0/255.255.255.255" ;;
  *) names="IP:$address" permitted="permitted;IP:$address/255.255.255.255,permitted;DNS:invalid" ;;
esac
[ ! -e "$folder/room.crt" ] || { echo "$folder/room.crt is there already" >&2; exit 3; }
umask 077
mkdir -p "$folder"
aside=$(mktemp -d)
trap 'rm -rf "$aside"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -sha256 -subj "/CN=testigo $address only" \
  -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign" \
  -addext "nameConstraints=critical,$permitted" -keyout "$aside/ca.key" -out "$aside/ca.crt" 2>/dev/null
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -subj "/CN=testigo" \
  -keyout "$aside/room.key" -out "$aside/room.csr" 2>/dev/null
printf '%s\n' "subjectAltName=$names" "basicConstraints=critical,CA:FALSE" "extendedKeyUsage=serverAuth" \
  "keyUsage=critical,digitalSignature" >"$aside/room.ext"
openssl x509 -req -in "$aside/room.csr" -CA "$aside/ca.crt" -CAkey "$aside/ca.key" -CAcreateserial -days 30 -sha256 \
  -extfile "$aside/room.ext" -out "$aside/room.crt" 2>/dev/null
openssl verify -CAfile "$aside/ca.crt" "$aside/room.crt" >/dev/null
mv "$aside/ca.crt" "$aside/room.key" "$aside/room.crt" "$folder"
echo "$folder/ca.crt: every device has to trust it; compare on each of them:"
openssl x509 -in "$folder/ca.crt" -noout -fingerprint -sha256
