#!/usr/bin/env bash
# Builds libcurl for the wheel's program: .cache/curl, with lib/libcurl.a, include/curl and copyright.
#
#   tools/build_curl.sh [FOLDER [OPTIONS OF CMAKE...]]     for another processor: its toolchain file
#
# Debian's own archive asks for Kerberos, of which there is none. This one is Debian's source of the version that
# is installed, with its security fixes, for http, https and file URLs alone. apt checks its signature.
# Asks for nothing where that version has been built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=${1:-$PWD/.cache/curl}
options=(-DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_INSTALL_LIBDIR=lib
  -DBUILD_SHARED_LIBS=OFF -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DENABLE_MANUAL=OFF
  -DCURL_USE_OPENSSL=ON -DCURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt -DCURL_CA_PATH=none
  -DCURL_ZLIB=OFF -DCURL_USE_LIBSSH2=OFF -DUSE_LIBIDN2=OFF)
for protocol in DICT FTP GOPHER IMAP LDAP LDAPS MQTT POP3 RTSP SMB SMTP TELNET TFTP; do
  options+=("-DCURL_DISABLE_$protocol=ON")
done
options+=("${@:2}")

version=$(dpkg-query --show --showformat '${source:Version}' libcurl4-openssl-dev)
stamp="$version ${options[*]}"
if [[ -f $folder/.stamp && $(<"$folder/.stamp") == "$stamp" ]]; then exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'setup: %s\n' "$1" >&2
  if [[ -f $work/log ]]; then tail -n 20 "$work/log" >&2; fi
  exit 1
}

echo "setup: building libcurl $version for the wheel, about a minute" >&2
# The lists of this machine may be without sources: the same archives, in lists of our own.
mkdir -p "$work/lists/partial" "$work/archives"
for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
  if [[ ! -f $file ]]; then continue; fi
  sed -E 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$file" >"$work/archives/${file##*/}"
done
if [[ -f $work/archives/sources.list ]]; then mv "$work/archives/sources.list" "$work/archives/debian.list"; fi
apt=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/archives"
  -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root)
(
  cd "$work"
  apt-get "${apt[@]}" --quiet update && apt-get "${apt[@]}" --quiet source "curl=$version"
) >"$work/log" 2>&1 ||
  fail "no source of curl $version. Is there a newer one? apt-get update && apt-get install libcurl4-openssl-dev"
source=("$work"/curl-*/)
rm -rf "$folder"
{
  cmake -G Ninja -S "${source[0]}" -B "$work/build" "${options[@]}" "-DCMAKE_INSTALL_PREFIX=$folder" &&
    cmake --build "$work/build" --target install
} >"$work/log" 2>&1 || fail "libcurl cannot be built"
cp "${source[0]}/COPYING" "$folder/copyright"
echo "$stamp" >"$folder/.stamp"
