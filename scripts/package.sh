#!/usr/bin/env bash
# Makes what users install, in build/package:
#
#   scripts/package.sh debian   wriftai-gateway_VERSION_ARCHITECTURE.deb: the
#                               programs in build/release, with a service
#   scripts/package.sh chart    wriftai-gateway-VERSION.tgz: the Helm chart
#   scripts/package.sh clients  the packages of clients/: those that their tests
#                               have built, installed and run
#
# Prints the files' paths. Helm is what scripts/install.sh examples unpacks. Equal
# programs give equal Debian packages: all times in it are SOURCE_DATE_EPOCH, or
# the commit's.
source "$(dirname "$0")/common.sh"

OUT=build/package

make_debian() {
  [[ -x build/release/bin/wriftai-gateway ]] ||
    die "build/release is missing: cmake --preset release && cmake --build --preset release"
  # An image's build has no .git.
  export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(
    git -c safe.directory="$PWD" log -1 --format=%ct 2>/dev/null || date +%s)}
  cpack --config build/release/CPackConfig.cmake -B "$OUT" >&2
  rm -r "$OUT/_CPack_Packages"
  ls "$OUT/wriftai-gateway_$(scripts/version.sh)_"*.deb
}

make_chart() {
  # Helm reports the links in the chart.
  PATH=$PWD/build/tools/usr/bin:$PATH helm package deploy/helm/wriftai-gateway \
    --destination "$OUT" >&2
  ls "$OUT/wriftai-gateway-$(scripts/version.sh).tgz"
}

copy_clients() {
  local file name copied=no
  for file in build/release/tests/clients/*/*-"$(scripts/version.sh)"*; do
    [[ -f $file ]] || continue
    name=$(basename "$file")
    # npm's has the name of the chart.
    [[ $name != *.tgz ]] || name=npm-$name
    cp "$file" "$OUT/$name"
    say "$OUT/$name"
    copied=yes
  done
  [[ $copied == yes ]] ||
    die "the packages are missing: scripts/test.sh build clients"
}

[[ $# -eq 1 ]] || die "expected debian, chart or clients"
mkdir -p "$OUT"
# As in what git checks out.
umask 022
case $1 in
  debian) make_debian ;;
  chart) make_chart ;;
  clients) copy_clients ;;
  *) die "$1: expected debian, chart or clients" ;;
esac
