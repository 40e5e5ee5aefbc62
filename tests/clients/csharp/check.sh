#!/usr/bin/env bash
# Checks clients/csharp as far as that is possible without a .NET SDK: the
# project is well-formed, and the schema that it names generates parsable C#.
#
#   check.sh SOURCE_DIR FOLDER
set -euo pipefail

rm -rf "$2"
mkdir -p "$2"
cd "$1/clients/csharp"
read -r root schema < <(/usr/bin/python3 - WriftAI.Gateway.Stubs.csproj <<'PYTHON'
import sys
import xml.etree.ElementTree
[protobuf] = xml.etree.ElementTree.parse(sys.argv[1]).iter('Protobuf')
print(protobuf.get('ProtoRoot'), protobuf.get('Include'))
PYTHON
)
protoc -I "$root" --csharp_out="$2" "$schema"
mcs --parse "$2/Predictions.cs"
grep -q '^namespace WriftAI.Predictions.V1 ' "$2/Predictions.cs"
echo 'NOTE: the project is not built: Debian has no .NET SDK'
