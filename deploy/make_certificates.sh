#!/bin/sh
# Creates a CA and one certificate for the profile `replicas` of
# docker-compose.yml, of etcd's members and of the replicas, unless they exist.
# For trying out only: in production, etcd and the replicas have CAs of their
# own, as in deploy/k8s/components.
#
#   deploy/make_certificates.sh FOLDER NAME...
set -eu

cd "$1"
shift
[ ! -e tls.key ] || exit 0
umask 077
{
  printf 'extendedKeyUsage=serverAuth,clientAuth\nsubjectAltName='
  for name; do printf 'DNS:%s,' "$name"; done
  printf 'DNS:localhost\n'
} >extensions
new_key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
# The words of $new_key are options.
# shellcheck disable=SC2086
{
  openssl req -x509 $new_key -days 365 -subj /CN=ca -keyout ca.key -out ca.crt
  openssl req $new_key -subj /CN=replicas -keyout new.key -out tls.csr
  openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
    -days 365 -extfile extensions -out tls.crt
}
rm ca.key
# Last, since it shows that the others are complete.
mv new.key tls.key
