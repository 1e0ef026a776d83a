#!/usr/bin/env bash
# Makes the clean systems in which tests/install installs the wheel: .cache/install
#   trixie, noble     Debian 13 and Ubuntu 24.04 with Python, and a user `farmer`
#   wheels-trixie ... what pip, pipx and uv install there: requirements/install.txt for that Python
#
# Needs root, for debootstrap does. Asks for nothing that is there; minutes when it is not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

made=$PWD/.cache/install
pins=requirements/install.txt
# Debian has no package of Ubuntu's keys; this is Ubuntu's own, of 24.04.
ubuntu_keys=pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1_all.deb
ubuntu_keys_sha256=36de43b15853ccae0028e9a767613770c704833f82586f28eb262f0311adb8a8

fail() {
  printf 'setup: %s\n' "$1" >&2
  exit 1
}

scripts=/usr/share/debootstrap/scripts

# Prints Ubuntu's archive, which debootstrap's script names.
ubuntu_archive() (
  # shellcheck disable=SC2034 # the script reads them
  ARCH=amd64 SUITE=noble
  # shellcheck disable=SC2317 # the script calls it
  default_mirror() {
    echo "$1"
    exit
  }
  # shellcheck source=/dev/null
  . "$scripts/gutsy"
)

# Leaves Ubuntu's keys in $made/ubuntu.gpg.
get_ubuntu_keys() {
  curl --fail --silent --show-error --output "$made/keys.deb" "$(ubuntu_archive)/$ubuntu_keys" ||
    fail "Ubuntu's keys cannot be fetched"
  sha256sum --status --check <<<"$ubuntu_keys_sha256  $made/keys.deb" ||
    fail "${ubuntu_keys##*/} has another hash than the one in tests/install/make_roots.sh"
  dpkg-deb --fsys-tarfile "$made/keys.deb" |
    tar --extract --to-stdout ./usr/share/keyrings/ubuntu-archive-keyring.gpg >"$made/ubuntu.gpg"
  rm "$made/keys.deb"
}

# make_root SUITE PYTHON SCRIPT [OPTIONS OF DEBOOTSTRAP...]: SCRIPT is debootstrap's for such systems.
make_root() {
  local suite=$1 python=$2 script=$3 stamp
  stamp="$(sha256sum "$pins") $*"
  if [[ -f $made/.$suite-stamp && $(<"$made/.$suite-stamp") == "$stamp" ]]; then return; fi
  ((EUID == 0)) || fail "a clean root can be made by root alone: sudo tests/install/make_roots.sh"
  if ! command -v debootstrap >/dev/null; then
    apt-get update --quiet || true # the install that follows tells what is missing
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends \
      -o DPkg::Lock::Timeout=300 debootstrap
  fi
  if [[ $script == gutsy ]]; then get_ubuntu_keys; fi
  echo "setup: making $made/$suite, a system of its own" >&2
  rm -rf "${made:?}/$suite" "$made/wheels-$suite"
  mkdir -p "$made/wheels-$suite"
  debootstrap --variant=minbase --include=python3,python3-venv "${@:4}" "$suite" "$made/$suite" \
    "" "$scripts/$script" >"$made/$suite.log" ||
    fail "debootstrap failed: $(tail -n 3 "$made/$suite.log")"
  chroot "$made/$suite" useradd --create-home farmer
  rm -rf "$made/$suite"/var/cache/apt/archives/*.deb "$made/$suite"/var/lib/apt/lists/*
  .venv/bin/python -m pip --quiet --disable-pip-version-check download --only-binary ':all:' --no-deps \
    --python-version "$python" --implementation cp --platform manylinux_2_28_x86_64 \
    --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
    --dest "$made/wheels-$suite" --requirement "$pins"
  echo "$stamp" >"$made/.$suite-stamp"
}

mkdir -p "$made"
make_root trixie 3.13 sid
make_root noble 3.12 gutsy --components=main,universe --keyring="$made/ubuntu.gpg"
