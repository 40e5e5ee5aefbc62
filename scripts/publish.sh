#!/usr/bin/env bash
# Publishes a release; .github/workflows/release.yml runs these in this order.
# REGISTRY is where images and chart go, such as ghcr.io/wriftai. The programs
# that it calls must be logged in.
#
#   scripts/publish.sh image NAME   builds the image of the gateway or sandbox
#                                   for this machine's architecture, and pushes
#                                   it without a tag, with SBOM and provenance
#   scripts/publish.sh debian       builds the Debian package in build/package,
#                                   with nothing but Docker
#   scripts/publish.sh index NAME   gives the images of both architectures the
#                                   version's tag, and signs them
#   scripts/publish.sh chart        packages, pushes and signs the Helm chart
#   scripts/publish.sh schema       pushes proto/ to the Buf Schema Registry
#   scripts/publish.sh files        signs what is in build/package, and makes the
#                                   release on GitHub of it
source "$(dirname "$0")/common.sh"

# The digests of the images that `image` has pushed.
DIGESTS=build/publish
PACKAGES=build/package
ARCHITECTURES=2
# Pinned ones, where the machine has none.
PATH=$PATH:$PWD/build/tools/usr/bin:$PWD/tests/node_modules/.bin

image_of() {
  case $1 in
    gateway | sandbox) say "${REGISTRY:?is not set}/wriftai-$1" ;;
    *) die "$1: expected gateway or sandbox" ;;
  esac
}

# docker_build TARGET OPTION...
docker_build() {
  docker buildx build --file deploy/Dockerfile --target "$1" \
    --build-arg VERSION="$VERSION" \
    --build-arg REVISION="$(git rev-parse HEAD)" "${@:2}" .
}

push_image() {
  local image digest metadata=$DIGESTS/metadata.json
  image=$(image_of "$1")
  mkdir -p "$DIGESTS/$1"
  docker_build "$1" --provenance=mode=max --sbom=true \
    --output "type=image,name=$image,push-by-digest=true,name-canonical=true,push=true" \
    --metadata-file "$metadata"
  digest=$(sed -n \
    's/.*"containerimage.digest": *"sha256:\([0-9a-f]\{64\}\)".*/\1/p' \
    "$metadata")
  rm "$metadata"
  [[ -n $digest ]] || die "docker reported no digest of $image"
  touch "$DIGESTS/$1/$digest"
}

# sign IMAGE DIGEST: a tag could point to something else by now.
sign() {
  [[ $2 =~ ^sha256:[0-9a-f]{64}$ ]] || die "$1: expected a digest, got \"$2\""
  cosign sign --yes --recursive "$1@$2"
}

push_index() {
  local image digests=()
  image=$(image_of "$1")
  mapfile -t digests < <(ls "$DIGESTS/$1")
  [[ ${#digests[@]} -eq $ARCHITECTURES ]] ||
    die "$image: expected $ARCHITECTURES images, found ${#digests[@]}"
  docker buildx imagetools create --tag "$image:$VERSION" \
    "${digests[@]/#/$image@sha256:}"
  sign "$image" "$(docker buildx imagetools inspect "$image:$VERSION" \
    --format '{{.Manifest.Digest}}')"
}

push_chart() {
  local chart pushed
  chart=$(scripts/package.sh chart)
  pushed=$(helm push "$chart" "oci://$REGISTRY/charts" 2>&1) || die "$pushed"
  sign "$REGISTRY/charts/wriftai-gateway" \
    "$(sed -n 's/^Digest: //p' <<<"$pushed")"
}

publish_files() {
  local notes
  notes=$(scripts/version.sh notes)
  # The release's files have no folders.
  (cd "$PACKAGES" && rm -f SHA256SUMS* && sha256sum -- * >SHA256SUMS &&
    cosign sign-blob --yes --bundle SHA256SUMS.sigstore.json SHA256SUMS)
  gh release create "v$VERSION" --verify-tag --title "$VERSION" \
    --notes "$notes" "$PACKAGES"/*
}

VERSION=$(scripts/version.sh)
case "$#:${1:-}" in
  2:image) push_image "$2" ;;
  1:debian) docker_build package --output "$PACKAGES" ;;
  2:index) push_index "$2" ;;
  1:chart) push_chart ;;
  1:schema) buf push proto --label "v$VERSION" ;;
  1:files) publish_files ;;
  *) die "expected image NAME, debian, index NAME, chart, schema or files" ;;
esac
