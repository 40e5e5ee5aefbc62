#!/usr/bin/env bash
# Builds the stubs of clients/java with Maven, and its example with the jar.
#
#   build.sh SOURCE_DIR FOLDER
#
# Empties FOLDER first; the classes of the example are FOLDER/example, and
# FOLDER/classpath says what it needs. Downloads nothing: Maven's plugins and
# repository are Debian's, whose repository has no version 1.0 of jsr250.
set -euo pipefail
source "$(dirname "$0")/../copy_sources.sh"

jars=/usr/share/java

rm -rf "$2"
copy_sources "$1" "$2/tree"
cd "$2/tree/clients/java"
mvn --offline --batch-mode --quiet -Dmaven.repo.local=/usr/share/maven-repo \
  -Djsr250.version=debian -Dprotoc.grpc.plugin=/usr/bin/grpc_java_plugin \
  compile jar:jar
cp target/wriftai-gateway-stubs-*.jar "$2"
{
  echo "$2"/wriftai-gateway-stubs-*.jar
  printf "$jars/%s.jar\n" grpc-{api,context,core,netty} \
    grpc-{protobuf,protobuf-lite,stub} guava perfmark-api protobuf \
    netty-{buffer,codec,codec-http,codec-http2,common,handler,resolver} \
    netty-{transport,transport-native-unix-common}
} | paste -sd: >"$2/classpath"
javac -nowarn -proc:none -cp "$(cat "$2/classpath")" -d "$2/example" \
  example/Example.java
