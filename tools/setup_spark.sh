#!/usr/bin/env bash
# Installs what `make test-spark` needs beside the level `test`, into the ignored folder .cache:
#   spark-3.5, spark-4   a venv for each version of Spark: requirements/spark-*.txt and nothing else
#                        but what runs notebooks: requirements/spark-notebooks.txt
#   python-3.9 ...       a venv for each Python that is there, with requirements/pythons.txt
#   jars                 Hadoop's S3 client for Spark 3.5
#   bin/versitygw        an S3 server
#
# With an argument, instead: `s3`, the S3 server; `bench`, it and bench-*, the venvs of the peers of
# bench/; `cloud`, it and the venv of verger cloud and its tests; `readers`, a venv and Node's packages
# for tests/readers; `browser`, what finds barriers in the pages of tests/browser; `servers`, what tests/servers runs.
#
# Called by tools/setup.sh, which sees to Debian's packages. Asks for nothing that is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache=$PWD/.cache
jars=(org.apache.hadoop:hadoop-aws:3.3.4 com.amazonaws:aws-java-sdk-bundle:1.12.262)
versitygw=(github.com/versity/versitygw@v1.8.0 h1:au+wI+aybno/STsQiSm35Uu6Q6iK5MWReQxgO6SEMFc= cmd/versitygw)
go_version=1.25 # what versitygw asks for; Go 1.21 or later fetches it by itself

fail() {
  printf 'setup: %s\n' "$1" >&2
  exit 1
}

# as_stamped STAMP TEXT: whether what TEXT pins has been installed; if not, forgets what was.
as_stamped() {
  if [[ -f $1 && $(<"$1") == "$2" ]]; then return; fi
  rm -f "$1"
  return 1
}

python_3_11() {
  local python
  for python in "${PYTHON:-python3}" python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  fail "PySpark 3.5 needs Python 3.11. Name one: PYTHON=/path/to/python3.11 tools/setup.sh spark"
}

# make_venv NAME [PYTHON] [PINS]: PINS are NAME's own by default.
make_venv() {
  local venv=$cache/$1 python=${2:-} file=requirements/${3:-$1}.txt hash
  hash=$(sha256sum "$file")
  if as_stamped "$venv/.stamp" "$hash" && "$venv/bin/python" -c '' 2>/dev/null; then return; fi
  if [[ -z $python ]]; then python=$(python_3_11); fi
  echo "setup: installing $file into $venv" >&2
  # Joined, so that a failure ends it also where the caller asks how it went.
  "$python" -m venv --clear "$venv" &&
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
      --requirement "$file" &&
    echo "$hash" >"$venv/.stamp"
}

# What runs notebooks, into a venv that is there; goes with it when it is made again.
add_notebooks() {
  local venv=$cache/$1 file=requirements/spark-notebooks.txt hash
  hash=$(sha256sum "$file")
  if as_stamped "$venv/.notebooks-stamp" "$hash"; then return; fi
  echo "setup: installing $file into $venv" >&2
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    --requirement "$file"
  echo "$hash" >"$venv/.notebooks-stamp"
}

# Prints, of each version from 3.9 up, the Python on PATH or else one that pyenv keeps.
every_python() {
  local minor python
  for minor in {9..19}; do
    for python in "python3.$minor" "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/3.$minor".*/bin/python3; do
      if "$python" -c "import sys, venv; sys.exit(sys.version_info[1] != $minor)" 2>/dev/null; then
        echo "$minor $python"
        break
      fi
    done
  done
}

copy_jars() {
  local jar pins
  pins="${jars[*]} $(sha256sum <requirements/jars.sha256)"
  if as_stamped "$cache/jars/.stamp" "$pins"; then return; fi
  echo "setup: installing ${jars[*]} into $cache/jars" >&2
  rm -rf "$cache/jars"
  mkdir "$cache/jars"
  for jar in "${jars[@]}"; do
    tools/install_jar.sh "$cache/jars" "$jar" >/dev/null
  done
  echo "$pins" >"$cache/jars/.stamp"
}

build_versitygw() {
  if as_stamped "$cache/bin/.versitygw-stamp" "${versitygw[*]}"; then return; fi
  command -v go >/dev/null ||
    fail "the S3 server of the tests needs Go $go_version or later to be built: install it, so that 'go' is on PATH"
  echo "setup: building ${versitygw[0]}, about 4 minutes" >&2
  tools/install_go.sh "$cache/bin" "${versitygw[@]}"
  echo "${versitygw[*]}" >"$cache/bin/.versitygw-stamp"
}

# Node's packages, into the venv of the readers; they go with it when it is made again.
add_node_readers() {
  local venv=$cache/readers hash
  hash=$(cat requirements/readers/package*.json | sha256sum)
  if as_stamped "$venv/.node-stamp" "$hash"; then return; fi
  echo "setup: installing requirements/readers/package.json into $venv" >&2
  cp requirements/readers/package*.json "$venv"
  npm --prefix "$venv" ci --silent --ignore-scripts
  echo "$hash" >"$venv/.node-stamp"
}

# What looks for barriers in a page; as it is pinned, by its hash too.
add_axe() {
  local folder=$cache/browser hash
  hash=$(cat requirements/browser/package*.json | sha256sum)
  mkdir -p "$folder"
  if as_stamped "$folder/.stamp" "$hash"; then return; fi
  echo "setup: installing requirements/browser/package.json into $folder" >&2
  cp requirements/browser/package*.json "$folder"
  npm --prefix "$folder" ci --silent --ignore-scripts
  echo "$hash" >"$folder/.stamp"
}

mkdir -p "$cache/bin"
if [[ ${1:-} == browser ]]; then
  add_axe
  exit
fi
if [[ ${1:-} == readers ]]; then
  PIP_NO_DEPS=1 make_venv readers "${PYTHON:-python3}"
  add_node_readers
  exit
fi
if [[ ${1:-} == bench ]]; then
  make_venv bench-spark
  # A peer that cannot be installed does not keep us from the others; bench/peers says it again.
  for peer in peers daft fastdup similar serve; do
    if ! make_venv "bench-$peer" "${PYTHON:-python3}"; then
      echo "setup: requirements/bench-$peer.txt cannot be installed: its benchmark goes without it" >&2
    fi
  done
  build_versitygw
  exit
fi
if [[ ${1:-} == cloud ]]; then
  make_venv cloud
  build_versitygw
  # For bootstrap.sh, a clean system without our packages; without it its tests are skipped.
  if ! tests/cloud/make_root.sh; then echo "setup: no clean root for the tests of bootstrap.sh" >&2; fi
  exit
fi
if [[ ${1:-} == servers ]]; then
  make_venv cloud # moto is in it
  build_versitygw
  tools/setup_servers.sh
  exit
fi
if [[ ${1:-} == s3 ]]; then
  build_versitygw
  exit
fi
make_venv spark-3.5
make_venv spark-4
add_notebooks spark-3.5
add_notebooks spark-4
while read -r minor python; do
  make_venv "python-3.$minor" "$python" pythons
done < <(every_python)
copy_jars
build_versitygw
