#!/usr/bin/env bash
# Installs what Verger needs: Debian packages, then pinned Python packages in .venv.
#
#   tools/setup.sh [build|test|lint]     each level of Python packages holds the ones before it
#   tools/setup.sh wheel                 test, the check of the wheel, and its libcurl: build_curl.sh
#   tools/setup.sh install               test, and clean systems for tests/install
#   tools/setup.sh image                 test, and what builds and runs images for tests/container
#   tools/setup.sh s3                    test, and the S3 server of its tests
#   tools/setup.sh servers               test, and third-party S3 servers: setup_servers.sh
#   tools/setup.sh cloud                 test, and verger cloud with what its tests need
#   tools/setup.sh spark                 test, and what setup_spark.sh names
#   tools/setup.sh browser               test, a browser, and what drives it for tests/browser
#   tools/setup.sh serve                 test, and what checks the server against its OpenAPI document
#   tools/setup.sh hostile-photos        test, and the decoders beside ours in tests/hostile_photos
#   tools/setup.sh readers               test, and the readers of docs/readers.md
#   tools/setup.sh bench                 test, the S3 server, and the peers of bench/
#
# When all is there it asks neither the network nor for rights, and ends at once.
# PYTHON names another python3; pip's own environment and configuration are honoured.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

level=${1:-build}
python=${PYTHON:-python3}
venv=.venv
oldest_python=3.11 # the pinned wheels of numpy and pyarrow ask for it

packages=(
  g++ ccache cmake ninja-build pkg-config python3-venv
  libhwy-dev libjpeg62-turbo-dev libpng-dev libwebp-dev libhdf5-dev libeigen3-dev
  nlohmann-json3-dev libbrotli-dev libcli11-dev libfmt-dev libcurl4-openssl-dev libssl-dev libpugixml-dev
  libutf8proc-dev
  clang-19 lld-19 libc++-19-dev-wasm32 libclang-rt-19-dev-wasm32 # the engine of the phone app
  libboost1.81-dev # headers alone: Asio and Beast
  libclang-rt-19-dev # libFuzzer and the sanitizers, for make fuzz
  libgtest-dev libgmock-dev libbenchmark-dev
  strace abigail-tools shellcheck # for the tests and for lint; here, so that rights are asked for once
)
requirements=(build)
case $level in
  build) ;;
  test | install | s3 | cloud)
    requirements+=(test)
    packages+=(libfaketime locales) # clocks and languages of tests/faults
    command -v node >/dev/null || packages+=(nodejs) # runs the phone app's engine
    packages+=(zsh fish man-db groff-base mandoc)    # complete command lines, read man pages
    ;;
  servers)
    requirements+=(test)
    command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
    command -v mvn >/dev/null || packages+=(maven)
    command -v npm >/dev/null || packages+=(npm)
    ;;
  image)
    requirements+=(test)
    packages+=(buildah podman runc debootstrap)
    ;;
  serve | hostile-photos) requirements+=(test "$level") ;;
  wheel)
    requirements+=(test wheel)
    packages+=(dpkg-dev) # unpacks the source of libcurl
    ;;
  lint) requirements+=(test lint) ;;
  bench)
    requirements+=(test)
    packages+=(libabsl-dev libinih-dev libnanoflann-dev libspectra-dev) # bench/libraries
    packages+=(wrk nginx-light) # bench/serve
    command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
    ;;
  readers)
    requirements+=(test)
    command -v npm >/dev/null || packages+=(nodejs npm)
    ;;
  browser)
    requirements+=(test browser)
    packages+=(chromium)
    command -v npm >/dev/null || packages+=(npm)
    ;;
  spark)
    requirements+=(test)
    command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
    command -v mvn >/dev/null || packages+=(maven)
    ;;
  *)
    echo "setup: no level '$level': say build, test, wheel, lint, install, image, s3, servers, cloud, readers, browser, serve, hostile-photos, spark or bench." >&2
    exit 2
    ;;
esac

# Ends with a message: its first line after our name, the others as they are, to be copied.
fail() {
  printf 'setup: %s\n' "$1" >&2
  if (($# > 1)); then printf '%s\n' "${@:2}" >&2; fi
  exit 1
}

# Prints those of `packages` that dpkg does not have installed.
missing_packages() {
  local installed name
  installed=" $(dpkg-query --show --showformat '${db:Status-Abbrev}${Package} ' \
    "${packages[@]}" 2>/dev/null || true)"
  for name in "${packages[@]}"; do
    [[ $installed == *"ii $name "* ]] || echo "$name"
  done
}

install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    echo "setup: not a Debian system. Going on; what the build needs, by Debian's names:" \
      "${packages[*]}" >&2
    return
  fi
  local missing as_root=()
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    if ! sudo -n true 2>/dev/null; then
      fail "${#missing[@]} Debian packages are missing. Run this line once, then try again:" \
        "" "  sudo apt-get update && sudo apt-get install --yes ${missing[*]}" ""
    fi
    as_root=(sudo -n)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  echo "setup: installing ${missing[*]}" >&2
  # One unreachable source must not stop us: the install that follows tells what is missing.
  "${as_root[@]}" apt-get update --quiet ||
    echo "setup: apt-get update failed, trying with the lists at hand" >&2
  "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
}

make_venv() {
  # A venv whose Python is gone (upgraded, moved) is made again.
  if "$venv/bin/python" -c '' 2>/dev/null; then return; fi
  "$python" -c "import sys; sys.exit(sys.version_info < tuple(map(int, '$oldest_python'.split('.'))))" ||
    fail "$("$python" --version 2>&1 || echo "no $python") found, but the pinned packages need" \
      "Python $oldest_python or later. Name one: PYTHON=/path/to/python$oldest_python make setup"
  echo "setup: making $venv with $("$python" --version)" >&2
  "$python" -m venv --clear "$venv" ||
    fail "could not make $venv: does '$python' have the module venv (Debian: python3-venv)?"
}

# The stamp holds a hash of the pins it stands for, so that a changed pin installs and nothing else does.
install_requirements() {
  local name file stamp hash
  for name in "${requirements[@]}"; do
    file=requirements/$name.txt
    stamp=$venv/.$name-stamp
    hash=$(cat requirements/build.txt "$file" | sha256sum)
    if [[ -f $stamp && $(<"$stamp") == "$hash" ]]; then continue; fi
    echo "setup: installing $file into $venv" >&2
    "$venv/bin/python" -m pip install --disable-pip-version-check \
      --require-hashes --requirement "$file"
    echo "$hash" >"$stamp"
  done
}

install_packages
make_venv
install_requirements
case $level in
  s3 | servers | cloud | readers | browser | bench) tools/setup_spark.sh "$level" ;;
  spark) tools/setup_spark.sh ;;
  wheel) tools/build_curl.sh ;;
  install)
    # Without them the tests are skipped.
    if ! tests/install/make_roots.sh; then echo "setup: no clean systems for the tests of the wheel" >&2; fi
    ;;
esac
