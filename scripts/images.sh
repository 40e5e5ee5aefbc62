#!/usr/bin/env bash
# Builds the images of deploy/Dockerfile where there is no Docker engine and no
# registry to pull from: with buildah, on a Debian that is made from the apt
# sources of this machine. Needs root. Whoever has Docker builds them as
# deploy/Dockerfile says.
#
#   scripts/images.sh TAG    wriftai-gateway:TAG and wriftai-sandbox:TAG
#
# Exit status 77, with the reason, where this machine cannot do it.
#
# They are kept in build/containers, and so is what is useful for the next time;
# nothing else on the machine is touched. What ccache has compiled here is not
# compiled again.
source "$(dirname "$0")/common.sh"

STORAGE=$PWD/build/containers
BASE=localhost/wriftai-debian:bookworm

# What the tests (tests/deploy) start containers with, too.
export CONTAINERS_CONF=$STORAGE/containers.conf
export CONTAINERS_STORAGE_CONF=$STORAGE/storage.conf

write_settings() {
  # runc, since crun does not start where there are both versions of control
  # groups. The limits, since the usual ones are above what some sandboxes allow
  # to root.
  cat >"$CONTAINERS_CONF" <<END
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
END
  cat >"$CONTAINERS_STORAGE_CONF" <<END
[storage]
driver = "overlay"
graphroot = "$STORAGE/root"
runroot = "$STORAGE/run"
END
}

cannot() {
  say "images cannot be built here: $*" >&2
  exit 77
}

# The Debian that the image begins with, in place of debian:bookworm-slim.
make_base() {
  local sources=$STORAGE/sources.list file
  local options=()
  # How this machine reaches its sources is good for the image's build, too.
  for file in /etc/apt/apt.conf.d/*; do options+=(--aptopt="$file"); done
  apt-get indextargets 'Created-By: Packages' 'Origin: Debian' \
    --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' | sort -u >"$sources"
  mmdebstrap --quiet --variant=minbase "${options[@]}" bookworm \
    "$STORAGE/base.tar" "$sources" || cannot "mmdebstrap made no Debian"
  podman import --quiet "$STORAGE/base.tar" "$BASE"
  rm "$STORAGE/base.tar"
}

# build TARGET IMAGE
build() {
  local cache
  cache=$(ccache --get-config cache_dir)
  mkdir -p "$cache"
  # No namespace but the machine's network: nothing more is needed, and more is
  # not to be had everywhere.
  buildah build --layers --isolation chroot --network host \
    --format docker --pull=never --from "$BASE" --file deploy/Dockerfile \
    --volume "$cache:/machine-ccache" --build-arg CCACHE_DIR=/machine-ccache \
    --build-arg LANG="${LANG-}" \
    --build-arg REVISION="$(git -c safe.directory="$PWD" rev-parse HEAD)" \
    --target "$1" --tag "$2" .
}

[[ $# -eq 1 ]] || die "wanted the images' tag"
[[ $(id -u) == 0 ]] || cannot "root is needed"
for program in buildah mmdebstrap podman runc; do
  command -v "$program" >/dev/null || cannot "$program is missing"
done
mkdir -p "$STORAGE"
write_settings
podman image exists "$BASE" || make_base
# Not to be waited for: podman needs 20 s to notice an end where PID 1 leaves
# the dead unburied.
podman run --detach --replace --name wriftai-probe --pull=never \
  --network none "$BASE" true || cannot "podman starts no container"
podman rm --force wriftai-probe
# The first one is kept for its layers.
build build localhost/wriftai-build
build gateway "localhost/wriftai-gateway:$1"
build sandbox "localhost/wriftai-sandbox:$1"
podman image prune --force
