#!/usr/bin/env bash
# Builds deploy/container/Dockerfile without Docker, in .cache/container, from the tree of a built program:
#   podman  podman with the storage there and this machine's limits; it runs the image `verger`
#
# The stage that compiles is left out: the tree of `cmake --install` takes its place. Where no registry
# answers, debootstrap makes the base image. Needs root, for both mount.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${VERGER_BUILD:-build}
made=$PWD/.cache/container
base=docker.io/library/debian:bookworm-slim
storage=(--root "$made/storage" --runroot "$made/run" --storage-driver overlay)

fail() {
  printf 'make_image: %s\n' "$1" >&2
  exit 1
}

((EUID == 0)) || fail "root alone can do it: sudo tests/container/make_image.sh"
[[ -x $build/verger ]] || fail "$build/verger is not there: run 'make build'"
mkdir -p "$made"

# runc, because crun of Debian 12 refuses machines with both versions of cgroups. The limits, because podman
# asks for higher ones than a machine may grant.
cat >"$made/podman" <<PODMAN
#!/usr/bin/env bash
if [[ \$1 == run ]]; then set -- run --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 "\${@:2}"; fi
exec /usr/bin/podman ${storage[@]@Q} --cgroup-manager cgroupfs --events-backend file --runtime runc "\$@"
PODMAN
chmod +x "$made/podman"

if ! "$made/podman" image exists "$base" && ! timeout 60 "$made/podman" pull --quiet "$base"; then
  echo "make_image: no registry; debootstrap makes $base" >&2
  rm -rf "$made/debian"
  debootstrap --variant=minbase bookworm "$made/debian" >"$made/debootstrap.log" ||
    fail "debootstrap failed: $(tail -n 3 "$made/debootstrap.log")"
  tar --create --directory "$made/debian" --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' . |
    "$made/podman" import --quiet - "$base"
  rm -rf "$made/debian"
fi

rm -rf "$made/tree"
cmake --install "$build" --prefix "$made/tree/opt/verger" --strip >/dev/null
buildah "${storage[@]}" bud --isolation chroot --pull-never --build-context "build=$made/tree" \
  --file deploy/container/Dockerfile --tag verger . >"$made/build.log" 2>&1 ||
  fail "the build failed: $(tail -n 5 "$made/build.log")"
"$made/podman" image prune --force >/dev/null
