#!/usr/bin/env bash
# Fetches a jar by Maven and compares it with its line in requirements/jars.sha256:
#
#   tools/install_jar.sh FOLDER GROUP:ARTIFACT:VERSION[:jar:CLASSIFIER]
#
# Prints the name of the jar, which is then in FOLDER.
set -euo pipefail
hashes=$(dirname "${BASH_SOURCE[0]}")/../requirements/jars.sha256
copy=org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy

IFS=: read -r _ artifact version _ classifier <<<"$2"
jar=$artifact-$version${classifier:+-$classifier}.jar
pin=$(grep -F "  $jar" "$hashes") || {
  echo "setup: requirements/jars.sha256 has no hash of $jar" >&2
  exit 1
}
mvn --quiet --batch-mode --strict-checksums "$copy" \
  -Dartifact="$2" -DoutputDirectory="$1" -Dmdep.useBaseVersion=true >&2
if ! (cd "$1" && sha256sum --quiet --strict --check <<<"$pin" >&2); then
  rm -f "$1/$jar"
  echo "setup: $jar is not the one that requirements/jars.sha256 pins; it was removed" >&2
  exit 1
fi
echo "$jar"
