#!/usr/bin/env bash
# Builds the module clients/go and its example, in module mode, with Debian's
# packages as its vendor folder. Fails if its generated files are outdated.
#
#   build.sh SOURCE_DIR FOLDER
#
# Empties FOLDER first; the example is FOLDER/wait. Downloads nothing.
set -euo pipefail
source "$(dirname "$0")/../copy_sources.sh"

gocode=/usr/share/gocode
module=github.com/wriftai/grpc-gateway/clients/go

# The paths of the modules that go.mod requires, with versions.
required() {
  go mod edit -json | /usr/bin/python3 -c '
import json, sys
for one in json.load(sys.stdin)["Require"]:
  print(one["Path"], one["Version"])'
}

# Copies the packages that the module imports to vendor/, and lists them as
# `go mod vendor` does. What these packages import gets a made-up version.
vendor() {
  local path version package
  go mod edit -go=1.17  # The language of Debian's packages.
  for path in github.com/golang/protobuf golang.org/x/{net,sys,text}; do
    go mod edit -require="$path@v0.0.0"
  done
  mkdir -p "$2/src/$(dirname $module)"
  ln -s "$1" "$2/src/$module"
  (cd "$2/src/$module" && GO111MODULE=off GOPATH=$2:$gocode \
    go list -deps -f '{{if not .Standard}}{{.ImportPath}}{{end}}' \
    ./wriftai/predictions/v1 ./examples/wait) |
    sed "\\,^$module,d" >"$2/packages"
  required | while read -r path version; do
    echo "# $path $version"
    echo "## explicit; go 1.17"
    grep "^$path\\(/\\|\$\\)" "$2/packages"
  done >"$2/modules.txt"
  mkdir vendor
  cp "$2/modules.txt" vendor
  while read -r package; do
    mkdir -p "vendor/$package"
    find "$gocode/src/$package" -maxdepth 1 -type f ! -name '*_test.go' \
      -exec cp {} "vendor/$package" \;
  done <"$2/packages"
}

rm -rf "$2"
copy_sources "$1" "$2/tree"
# Below FOLDER's parent, to be kept between runs.
export GOCACHE=$2/../go-cache GOFLAGS='-mod=vendor -p=2' GOPROXY=off
cd "$2/tree/clients/go"

mkdir "$2/generated"
./generate.sh "$2/generated"
(cd "$2/generated" && find . -type f) | while read -r file; do
  cmp "$2/generated/$file" "$file" ||
    { echo "outdated: run clients/go/generate.sh" && exit 1; }
done

[[ -z $(gofmt -l examples) ]] || { gofmt -d examples && exit 1; }
GOFLAGS='' vendor "$PWD" "$2/gopath"
go vet ./wriftai/... ./examples/...
go build -o "$2/wait" ./examples/wait
