#!/usr/bin/env bash
# Builds the images of deploy/Dockerfile without a Docker engine or a registry:
# with buildah, on a Debian created from this machine's apt sources. Requires
# root. With Docker, build them as deploy/Dockerfile says.
#
#   scripts/images.sh TAG    wriftai-gateway:TAG, and -sandbox, -etcd and
#                            -certificates; and Debian's package in
#                            build/containers/package
#
# Exits with status 77 and the reason if this machine cannot do it.
#
# Images and layers are stored in build/containers; nothing else on the machine
# is changed. The build uses this machine's ccache.
source "$(dirname "$0")/common.sh"

STORAGE=$PWD/build/containers
BASE=localhost/wriftai-debian:bookworm

# tests/deploy uses these settings, too.
export CONTAINERS_CONF=$STORAGE/containers.conf
export CONTAINERS_STORAGE_CONF=$STORAGE/storage.conf

write_settings() {
  # runc, because crun does not start where both cgroup versions exist. The
  # limits, because the default ones exceed what some sandboxes allow root.
  cat >"$CONTAINERS_CONF" <<END
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[network]
network_config_dir = "$STORAGE/networks"
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

# The base image, instead of debian:bookworm-slim.
make_base() {
  local tar
  tar=$(scripts/debian_root.sh) || cannot "mmdebstrap failed"
  podman import --quiet "$tar" "$BASE" ||
    cannot "podman cannot store an image"
}

# build TARGET OPTION...
build() {
  local cache
  cache=$(ccache --get-config cache_dir)
  mkdir -p "$cache"
  # Without namespaces, on the machine's network: not every machine allows more.
  buildah build --layers --isolation chroot --network host \
    --format docker --pull=never --from "$BASE" --file deploy/Dockerfile \
    --volume "$cache:/machine-ccache" --build-arg CCACHE_DIR=/machine-ccache \
    --build-arg LANG="${LANG-}" \
    --build-arg REVISION="$(git -c safe.directory="$PWD" rev-parse HEAD)" \
    --target "$@" .
}

[[ $# -eq 1 ]] || die "expected the tag of the images"
[[ $(id -u) == 0 ]] || cannot "this requires root"
for program in buildah mmdebstrap podman runc; do
  command -v "$program" >/dev/null || cannot "$program is missing"
done
mkdir -p "$STORAGE"
write_settings
# Before the base image, which takes a minute.
why=$(podman info 2>&1 >/dev/null) || cannot "podman: $(tail -n 1 <<<"$why")"
podman image exists "$BASE" || make_base
# Detached: podman takes 20 s to notice an exit where PID 1 does not reap
# processes.
podman run --detach --replace --name wriftai-probe --pull=never \
  --network none "$BASE" true || cannot "podman cannot start a container"
podman rm --force wriftai-probe
# The first image is kept for its layers.
build build --tag localhost/wriftai-build
build gateway --tag "localhost/wriftai-gateway:$1"
for image in sandbox etcd certificates; do
  build "$image" --tag "localhost/wriftai-$image:$1"
done
rm -rf "$STORAGE/package"
build package --output "$STORAGE/package"
podman image prune --force
