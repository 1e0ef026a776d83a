#!/usr/bin/env bash
# Builds a program in Go from a module whose hash is pinned:
#
#   tools/install_go.sh FOLDER MODULE@VERSION HASH PACKAGE     PACKAGE of the module, . for its root
#
# HASH is the line that go.sum would have of the module. The go.sum inside it pins all that it asks for,
# so that this one hash pins every byte. The program is FOLDER/ with the last name of the package's path.
set -euo pipefail

into=$1 module=$2 hash=$3 package=$4
about=$(go mod download -json "$module")
# field NAME: of what go says about the module.
field() { sed -n "s/^[[:space:]]*\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" <<<"$about"; }
if [[ $(field Sum) != "$hash" ]]; then
  echo "setup: $module is $(field Sum), not $hash as pinned: do not use it" >&2
  exit 1
fi
go build -C "$(field Dir)" -mod=readonly -trimpath -o "$into/" "./$package"
