#!/usr/bin/env bash
# Makes the clean root in which test_bootstrap.py runs deploy/emr/bootstrap.sh: .cache/clean-root
#   root        Debian with Python and pip, sudo, a user hadoop as on EMR, and the client `aws`
#   wheelhouse  the wheel of pyarrow for that Python
#
# Needs root, for debootstrap does. Asks for nothing that is there; minutes when it is not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

made=$PWD/.cache/clean-root
suite=bookworm # its Python is the 3.11 that we have wheels of
# Its entry of the lock, with the hashes below it.
pyarrow=$(awk '/^[^ ]/ {is_entry = /^pyarrow==/} is_entry && !/#/' requirements/build.txt)
stamp="$(cat tests/cloud/make_root.sh requirements/clean-root.txt | sha256sum) $pyarrow"
if [[ -f $made/.stamp && $(<"$made/.stamp") == "$stamp" ]]; then exit 0; fi

fail() {
  printf 'setup: %s\n' "$1" >&2
  exit 1
}

((EUID == 0)) || fail "a clean root can be made by root alone: sudo tests/cloud/make_root.sh"
if ! command -v debootstrap >/dev/null; then
  apt-get update --quiet || true # the install that follows tells what is missing
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends debootstrap
fi
echo "setup: making $made, a Debian of its own" >&2
rm -rf "$made"
mkdir -p "$made/wheelhouse"

debootstrap --variant=minbase --include=python3,python3-pip,sudo "$suite" "$made/root" \
  >"$made/debootstrap.log" || fail "debootstrap failed: $(tail -n 3 "$made/debootstrap.log")"
chroot "$made/root" useradd --create-home hadoop
echo 'hadoop ALL=(ALL) NOPASSWD: ALL' >"$made/root/etc/sudoers.d/hadoop"
rm -rf "$made"/root/var/cache/apt/archives/*.deb "$made"/root/var/lib/apt/lists/*

pip=(.venv/bin/python -m pip --quiet --disable-pip-version-check)
for_python=(--only-binary ':all:' --no-deps --python-version 3.11 --implementation cp
  --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64)
"${pip[@]}" install "${for_python[@]}" --target "$made/root/opt/aws" \
  --require-hashes --requirement requirements/clean-root.txt
"${pip[@]}" download "${for_python[@]}" --dest "$made/wheelhouse" \
  --require-hashes --requirement <(echo "$pyarrow")
cat >"$made/root/usr/local/bin/aws" <<'AWS'
#!/bin/sh
PYTHONPATH=/opt/aws exec /usr/bin/python3 -m awscli "$@"
AWS
chmod +x "$made/root/usr/local/bin/aws"
echo "$stamp" >"$made/.stamp"
