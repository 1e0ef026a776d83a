#!/usr/bin/env bash
# Runs clang-tidy on the C++ files that changed since a commit, each with the file of its header:
#   tools/tidy_changed.sh [BASE]
# BASE: by default where this branch left origin/main, or, on main itself, the commit before.
# Checks at most TIDY_MOST files (15, 2 minutes on 2 cores), and names the others: `make tidy` checks all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build
most=${TIDY_MOST:-15}

default_base() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || true)
  if [[ -z $base || $base == "$(git rev-parse HEAD)" ]]; then
    base=$(git rev-parse --verify --quiet HEAD^ || git hash-object -t tree /dev/null)
  fi
  echo "$base"
}

# Prints the .cc file of each C++ file of the layers that changed since BASE, or is changed and not committed.
changed_sources() {
  local file
  git diff --name-only "$1" -- 'core/*' 'abi/*' 'cli/*' | sed -nE 's/\.(cc|h)$/.cc/p' | sort -u |
    while IFS= read -r file; do if [[ -f $file ]]; then echo "$file"; fi; done
}

base=${1:-$(default_base)}
mapfile -t files < <(changed_sources "$base")
if ((${#files[@]} == 0)); then
  echo "tidy: no C++ file of core/, abi/ or cli/ changed since $(git rev-parse --short "$base")"
  exit 0
fi
if ((${#files[@]} > most)); then
  echo "tidy: NOT CHECKED, for more than $most files changed: ${files[*]:most}"
  files=("${files[@]:0:most}")
fi
echo "tidy: ${#files[@]} files that changed since $(git rev-parse --short "$base")"
# The names as patterns from the root of the checkout, which is how run-clang-tidy selects files.
printf '%s\n' "${files[@]}" | sed "s|[.+]|\\\\&|g; s|^|^$PWD/|; s|\$|\$|" |
  xargs -d '\n' .venv/bin/python .venv/bin/run-clang-tidy.py -quiet -p "$build" -j2 \
    -clang-tidy-binary .venv/bin/clang-tidy
