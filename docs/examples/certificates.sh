#!/usr/bin/env bash
# Creates certificates to try TLS with, as NAME.crt and NAME.key: of a CA, of a
# gateway at localhost, and of a client.
#
#   certificates.sh FOLDER
set -euo pipefail

mkdir -p "$1" && cd "$1"
new_key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
{
  openssl req -x509 "${new_key[@]}" -days 30 -subj /CN=authority \
    -keyout ca.key -out ca.crt
  for name in gateway client; do
    openssl req "${new_key[@]}" -subj "/CN=$name" -keyout $name.key -out $name.csr
    openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -days 30 \
      -extfile <(echo subjectAltName=DNS:localhost) -out $name.crt
  done
} 2>openssl.log
