#!/usr/bin/env bash
# Generates the stubs of one language from proto/, as a user of that language
# would, and compiles or loads them with a program that uses the names which the
# schema's options promise.
#
#   check.sh LANGUAGE FOLDER
#
# FOLDER is emptied first. Reads from the environment: GOOGLE_RPC_PROTO_DIR and
# NODE_EXECUTABLE, as CMake found them.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
proto=wriftai/predictions/v1/predictions.proto
details=(google/rpc/status.proto google/rpc/error_details.proto)
modules=$root/tests/node_modules

# generate OPTION... FILE...
generate() {
  protoc -I "$root/proto" -I "$GOOGLE_RPC_PROTO_DIR" "$@"
}

# Prints the plugin of gRPC for the language, as an option of protoc.
grpc_plugin() {
  echo "--plugin=protoc-gen-grpc=/usr/bin/grpc_$1_plugin"
}

check_cpp() {
  generate --cpp_out=. --grpc_out=. "$(grpc_plugin cpp)" $proto
  # The gateway's own build compiles the generated sources.
  g++-12 -std=c++17 -fsyntax-only -isystem . "$here/program.cc"
}

check_python() {
  generate --python_out=. --grpc_out=. "$(grpc_plugin python)" $proto \
    "${details[@]}"
  PYTHONPATH=. /usr/bin/python3 -B "$here/program.py"
}

# No registry has gRPC's own generator for Node.js as a source package: Debian
# omits grpc_node_plugin, and npm's grpc-tools downloads a binary.
check_node() {
  generate --es_out=. --es_opt=target=js \
    "--plugin=$modules/.bin/protoc-gen-es" $proto "${details[@]}"
  ln -s "$modules" node_modules
  echo '{"type": "module"}' >package.json
  cp "$here/program.mjs" .
  "$NODE_EXECUTABLE" program.mjs
}

check_typescript() {
  generate --es_out=. --es_opt=target=ts,import_extension=js \
    "--plugin=$modules/.bin/protoc-gen-es" $proto "${details[@]}"
  ln -s "$modules" node_modules
  echo '{"type": "module"}' >package.json
  cp "$here/program.ts" .
  "$modules/.bin/tsc" --strict --noEmit --skipLibCheck --module nodenext --target es2022 \
    --types node program.ts
}

# Debian's packages of Go are a GOPATH. They know the messages of google/rpc.
check_go() {
  mkdir -p src/program
  generate --go_out=src --go-grpc_out=src $proto
  cp "$here/program.go" src/program/main.go
  export GO111MODULE=off GOPATH=$PWD:/usr/share/gocode GOFLAGS=-p=2
  # Below FOLDER's parent, to be kept between runs.
  export GOCACHE=$PWD/../go-cache
  go build -o program program
  ./program
}

check_java() {
  local jars=/usr/share/java classpath
  classpath=$(printf "$jars/%s.jar:" protobuf grpc-api grpc-stub grpc-protobuf \
    grpc-protobuf-lite guava geronimo-annotation-1.3-spec)
  generate --java_out=. --grpc_out=. "$(grpc_plugin java)" $proto
  # A file per message.
  [[ -e ai/wrift/predictions/v1/Prediction.java ]]
  cp "$here/Program.java" .
  javac -nowarn -proc:none -cp "$classpath" -d classes Program.java \
    ai/wrift/predictions/v1/*.java
  java -cp "classes:$classpath" Program
}

# No registry has an assembly of Google.Protobuf, so only the enums compile.
check_csharp() {
  generate --csharp_out=. $proto
  mcs --parse Predictions.cs
  {
    echo 'using pbr = global::Google.Protobuf.Reflection;'
    sed -n -e '/^namespace /p' -e '/#region Enums/,/#endregion/p' Predictions.cs
    echo '}'
  } >Enums.cs
  mcs -out:program.exe Enums.cs "$here/OriginalName.cs" "$here/Program.cs"
  mono program.exe
  grep -q 'public sealed partial class Prediction ' Predictions.cs
  echo 'NOTE: C# messages are generated and parsed, not compiled: Debian and' \
    'npm have no Google.Protobuf assembly, and no gRPC plugin for C#'
}

check_php() {
  generate --php_out=. --grpc_out=. "$(grpc_plugin php)" $proto
  find . -name '*.php' -print0 | xargs -0 -n 1 php -l >/dev/null
  php -d include_path=/usr/share/php:. "$here/program.php"
  echo "NOTE: the PHP client is parsed, not loaded: Debian has no gRPC for PHP"
}

check_ruby() {
  generate --ruby_out=. --grpc_out=. "$(grpc_plugin ruby)" $proto
  ruby -W1 -I . "$here/program.rb"
}

rm -rf "$2"
mkdir -p "$2"
cd "$2"
"check_$1"
