#!/usr/bin/env bash
# Builds the wheel and the program twice, in two folders whose paths differ in length, each with a copy of
# .venv and of the wheel's libcurl, and compares every byte of the wheels and of the installed trees.
#
#   tools/reproduce.sh [wheel|program]     by default both
#
# Without the compiler cache, so that a difference cannot hide in it. The files are those of the checkout,
# committed or not. TMPDIR says where: 4 GB.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kinds=(wheel program)
case ${1:-} in
  '') ;;
  wheel | program) kinds=("$1") ;;
  *)
    echo "reproduce: no kind '$1': say wheel or program" >&2
    exit 2
    ;;
esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
folders=("$scratch/a" "$scratch/another/checkout-of-a-longer-path")
export CCACHE_DISABLE=1

build_wheel() {
  cmake --preset wheel -DVERGER_TESTS=OFF &&
    cmake --build build-wheel &&
    cmake --install build-wheel --strip --prefix build-wheel/tree &&
    cmake --install build-wheel --component networks --prefix build-wheel/networks-tree &&
    .venv/bin/python tools/make_wheel.py build-wheel/tree build-wheel/networks-tree dist
}

build_program() {
  cmake --preset release -DVERGER_TESTS=OFF -DVERGER_BENCH=OFF &&
    cmake --build build --target verger_program &&
    cmake --install build --prefix tree
}

# Prints what sha256sum does of each file that was built in FOLDER.
build() {
  local kind
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard |
    tar --create --null --files-from - | tar --extract --directory "$1"
  cp --archive --reflink=auto .venv "$1"
  if [[ -d .cache/curl ]]; then
    mkdir -p "$1/.cache"
    cp --archive .cache/curl "$1/.cache"
  fi
  cd "$1"
  for kind in "${kinds[@]}"; do
    if ! "build_$kind" >"$kind.log" 2>&1; then
      tail -n 30 "$kind.log" >&2
      exit 1
    fi
  done
  for kind in dist tree; do
    if [[ -d $kind ]]; then find "$kind" -type f -print0; fi
  done | sort --zero-terminated | xargs --null sha256sum
}

for at in 0 1; do
  echo "reproduce: building in ${folders[at]}" >&2
  (build "${folders[at]}") >"$scratch/hashes-$at"
done
if ! diff "$scratch/hashes-0" "$scratch/hashes-1"; then
  echo "reproduce: the files above differ; see SECURITY.md on what must not depend on the folder" >&2
  exit 1
fi
grep -E 'dist/|tree/bin/|libverger' "$scratch/hashes-0"
echo "reproduce: $(wc -l <"$scratch/hashes-0") files, no difference"
