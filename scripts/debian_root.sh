#!/usr/bin/env bash
# Creates a bare Debian 12 from this machine's apt sources, in build/debian.tar,
# unless it is there already: what every Debian has, and apt, which installs
# from the same sources. Requires root, and mmdebstrap. Prints the path.
source "$(dirname "$0")/common.sh"

TAR=build/debian.tar

make_tar() {
  local options=() file
  for file in /etc/apt/apt.conf.d/*; do options+=(--aptopt="$file"); done
  apt-get indextargets 'Created-By: Packages' 'Origin: Debian' \
    --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' | sort -u |
    mmdebstrap --quiet --variant=minbase "${options[@]}" bookworm - - >"$TAR.new"
  mv "$TAR.new" "$TAR"
}

mkdir -p build
# One at a time: tests that need it run at the same time.
exec 9>"$TAR.lock"
flock 9
[[ -e $TAR ]] || make_tar
say "$PWD/$TAR"
