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

# by_go NAME MODULE@VERSION HASH PACKAGE: see install_go.sh
by_go() {
  if is_there "$1" "$2 $3" || ! need go "$1"; then return; fi
  echo "setup: building $2" >&2
  tools/install_go.sh "$into" "$2" "$3" "$4"
  stamp "$1" "$2 $3"
}

# by_maven NAME GROUP:ARTIFACT:VERSION:jar:CLASSIFIER: see install_jar.sh
by_maven() {
  local jar
  if is_there "$1.jar" "$2" || ! need mvn "$1"; then return; fi
  echo "setup: fetching $2" >&2
  jar=$(tools/install_jar.sh "$into" "$2")
  mv "$into/$jar" "$into/$1.jar"
  stamp "$1.jar" "$2"
}

# by_npm NAME: what requirements/servers locks
by_npm() {
  local hash
  hash=$(cat requirements/servers/package*.json | sha256sum)
  if is_there node_modules "$hash" || ! need npm "$1"; then return; fi
  echo "setup: installing $1" >&2
  cp requirements/servers/package*.json "$into"
  npm --prefix "$into" ci --silent --ignore-scripts
  stamp node_modules "$hash"
}

by_go gofakes3 github.com/johannesboyne/gofakes3@v1.2.0 h1:I9VEzPWvvAUAGzDlhYFoZjF0AXMlkcEyZlmBwiI6Oms= cmd/gofakes3
by_npm s3rver
by_maven s3mock com.adobe.testing:s3mock:5.2.0:jar:exec
by_maven s3proxy org.gaul:s3proxy:4.1.0:jar:jar-with-dependencies
if [[ ${1:-} == all ]]; then
  by_go rclone github.com/rclone/rclone@v1.76.0 h1:Gabl7KmhxyOXyMtFNA/s6wZ3LZ/2x0NP7xZLNEW3Guo= .
  by_go minio github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c \
    h1:/qdoYujxF5MBLDMVLeiYJ/7fBa1HikX39Dvzb9Ji8pA= .
fi
