#!/usr/bin/env bash
# Installs the S3 servers of `make test-servers` into .cache/servers; versitygw and moto come by
# setup_spark.sh. In brackets, seconds on two cores that were busy.
#
#   tools/setup_servers.sh         those that take seconds: gofakes3, s3rver, S3Mock and S3Proxy
#                                  [100 together]
#   tools/setup_servers.sh all     rclone and MinIO as well, some minutes each
#
# Wants Go, Node.js and Maven with Java 17; says which is missing. Asks for nothing that is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

into=$PWD/.cache/servers
maven_copy=org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy
mkdir -p "$into"

# need PROGRAM SERVER: whether the program is there; if not, says which server is left out.
need() {
  command -v "$1" >/dev/null && return
  echo "setup: $2 is left out: it needs $1" >&2
  return 1
}

# is_there NAME TEXT: whether what TEXT pins is installed as NAME.
is_there() { [[ -e $into/$1 && -f $into/.$1-stamp && $(<"$into/.$1-stamp") == "$2" ]]; }

stamp() { echo "$2" >"$into/.$1-stamp"; }

# by_go NAME MODULE@VERSION
by_go() {
  if is_there "$1" "$2" || ! need go "$1"; then return; fi
  echo "setup: building $2" >&2
  GOBIN=$into go install "$2"
  stamp "$1" "$2"
}

# by_maven NAME GROUP:ARTIFACT:VERSION:jar:CLASSIFIER
by_maven() {
  local artifact
  if is_there "$1.jar" "$2" || ! need mvn "$1"; then return; fi
  echo "setup: fetching $2" >&2
  mvn --quiet --batch-mode --strict-checksums "$maven_copy" -Dartifact="$2" \
    -DoutputDirectory="$into/$1" -Dmdep.useBaseVersion=true
  artifact=$(find "$into/$1" -name '*.jar')
  mv "$artifact" "$into/$1.jar"
  rmdir "$into/$1"
  stamp "$1.jar" "$2"
}

# by_npm PACKAGE@VERSION
by_npm() {
  if is_there node_modules "$1" || ! need npm "${1%@*}"; then return; fi
  echo "setup: installing $1" >&2
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$into" "$1"
  stamp node_modules "$1"
}

by_go gofakes3 github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0
by_npm s3rver@3.7.1
by_maven s3mock com.adobe.testing:s3mock:5.2.0:jar:exec
by_maven s3proxy org.gaul:s3proxy:4.1.0:jar:jar-with-dependencies
if [[ ${1:-} == all ]]; then
  by_go rclone github.com/rclone/rclone@v1.76.0
  by_go minio github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c
fi
