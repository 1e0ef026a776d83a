#!/usr/bin/env bash
# make_root.sh ROOT: completes ROOT, which holds the tree of `make install` in opt/verger, to the root
# of an image, by the libraries of this Debian that the tree needs, and nothing else of Debian.
set -euo pipefail
root=$1
tree=$root/opt/verger

mapfile -t files < <(find "$tree/bin" "$tree/lib" -type f \( -name verger -o -name '*.so*' \))
needs=$(ldd "${files[@]}")
if grep 'not found' <<<"$needs" >&2; then
  echo "make_root: add the packages of these libraries to the Dockerfile" >&2
  exit 1
fi
mapfile -t libraries < <(
  awk '$2 == "=>" {print $3} $1 ~ "^/.*/ld-linux" {print $1}' <<<"$needs" | grep -v "^$tree/" | sort -u
)

# As in Debian, /lib is a name of /usr/lib. Each library is copied under the name that is asked for.
mkdir -p "$root"/usr/{lib,lib64} "$root"/etc/ssl/certs "$root/var/lib/dpkg/status.d"
ln -s usr/lib usr/lib64 "$root"
for library in "${libraries[@]}"; do
  mkdir -p "$root/usr/$(dirname "${library#/usr}")"
  cp --dereference "$library" "$root/usr/${library#/usr}"
done
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs"

# Where scanners of images look for packages; and their licences.
mapfile -t packages < <(
  printf '*%s\n' "${libraries[@]#/usr}" | xargs dpkg --search | sed 's/:.*//' | sort -u
)
for package in "${packages[@]}" ca-certificates; do
  dpkg-query --status "$package" >"$root/var/lib/dpkg/status.d/$package"
  mkdir -p "$root/usr/share/doc/$package"
  cp --dereference "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package"
done
cp --recursive /usr/share/common-licenses "$root/usr/share"

echo 'verger:x:65532:65532::/home/verger:/sbin/nologin' >"$root/etc/passwd"
echo 'verger:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
cp /etc/os-release "$root/etc"
mkdir -p "$root/data"
install --directory --mode=1777 "$root/tmp"
install --directory --owner=65532 --group=65532 "$root/home/verger"
