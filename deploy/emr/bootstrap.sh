#!/usr/bin/env bash
# Makes a node of a cluster ready for pca.py: the wheels of Verger, checked and tried with one photo.
#
#   bootstrap.sh [options] WHEELS
#
# WHEELS is s3://BUCKET/wheels/, a file:// URL or a folder. It holds SHA256SUMS and the wheels that
# this names, for one version of Python; nothing else is installed, and no package index is asked.
#
#   --python PYTHON    the cluster's PySpark Python (PYSPARK_PYTHON, else python3)
#   --sha256 HEX       the digest of SHA256SUMS itself, from the request that starts the cluster
#   --log FOLDER       where verger-bootstrap.log goes (/var/log)
#   --persistent-ui    leave on the Spark history that AWS keeps outside the cluster for 30 days
#
# EMR runs it on every node, also on later ones, as the user hadoop, before the applications are
# there; a node on which it fails is ended. As root it serves any other cluster. It may run again:
# what is there and works stays. Exit codes: 0 ready, 1 not, with the reason; 2 usage.
set -Eeuo pipefail
umask 022 # what root installs here, every user runs

readonly PHOTO=/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAQABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAEF/8QAHxABAQABBAMBAQAAAAAAAAAAAQIFAAMEUREh8DFh/8QAFQEBAQAAAAAAAAAAAAAAAAAAAQL/xAAWEQEBAQAAAAAAAAAAAAAAAAAAIRH/2gAMAwEAAhEDEQA/ANbK5I4EzMwXuWPgX0f1+70xWTOfNTUEbsB5B9Udn3Wrk8ac6ZqaI3JEFP06fu9MXjZ4BVVRe7YCh+HR91pipj//2Q==
readonly INSTANCE=/mnt/var/lib/info/instance.json # EMR's word on which node this is
readonly STATE=/var/lib/verger
readonly BUSY=/emr/metricscollector/isbusy
readonly WATCH_SECONDS=${VERGER_WATCH_SECONDS:-30} # other than 30 in tests
readonly WATCHED_FOR=1800                          # seconds in which EMR surely has its applications

python=${PYSPARK_PYTHON:-python3}
sums_hash='' log_folder=/var/log persistent_ui=false wheels=''
log=/dev/null folder=''

say() {
  local line
  line="$(date -u +%Y-%m-%dT%H:%M:%SZ) +${SECONDS}s verger bootstrap: $*"
  echo "$line" >&2
  echo "$line" >>"$log"
}

fail() {
  say "$*"
  exit 1
}

usage() {
  say "$*: bootstrap.sh [--python PYTHON] [--sha256 HEX] [--log FOLDER] [--persistent-ui] WHEELS"
  exit 2
}

# An unforeseen failure is logged with its line and its callers' lines.
trap 'fail "line $LINENO (from ${BASH_LINENO[*]}) failed with exit code $?: $BASH_COMMAND"' ERR
trap 'fail "interrupted"' INT TERM
trap 'if [[ -n $folder ]]; then rm -rf "$folder"; fi' EXIT

# Makes a folder for this run, with its process id in the name; removes those of killed runs, which
# hold the wheels, some 100 MB each.
make_folder() {
  local place=${TMPDIR:-/tmp} old pid
  for old in "$place"/verger-bootstrap.*.*; do
    pid=${old##*/verger-bootstrap.} pid=${pid%%.*}
    if [[ -O $old && ! -d /proc/$pid ]]; then rm -rf -- "$old"; fi
  done
  folder=$(mktemp -d "$place/verger-bootstrap.$$.XXXXXX")
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

read_arguments() {
  while (($#)); do
    case $1 in
      --persistent-ui) persistent_ui=true ;;
      --python | --sha256 | --log)
        [[ -n ${2:-} ]] || usage "$1 needs a value"
        case $1 in
          --python) python=$2 ;;
          --sha256) sums_hash=$2 ;;
          --log) log_folder=$2 ;;
        esac
        shift
        ;;
      -*) usage "no option $1" ;;
      *)
        [[ -z $wheels ]] || usage "one place of wheels, not also '$1'"
        wheels=${1%/}
        ;;
    esac
    shift
  done
  [[ -n $wheels ]] || usage "no place of wheels"
  wheels=${wheels#file://}
}

# A log that this user may write to, however the folder is protected.
open_log() {
  local file=$log_folder/verger-bootstrap.log
  as_root mkdir -p "$log_folder"
  as_root touch "$file"
  as_root chown "$(id -u):$(id -g)" "$file"
  log=$file
}

# fetch NAME: a file of WHEELS into the folder. Tries of s3 are bounded, in number and in time.
fetch() {
  case $wheels in
    s3://*)
      AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=8 timeout 120 \
        aws s3 cp --only-show-errors "$wheels/$1" "$folder/$1" >>"$log" 2>&1
      ;;
    *) cp -- "$wheels/$1" "$folder/$1" >>"$log" 2>&1 ;;
  esac || fail "$wheels/$1 cannot be fetched: is it there, and may this node read it? ($(tail -n 1 "$log"))"
}

sha256_of() {
  local hash
  hash=$(sha256sum "$1")
  echo "${hash%% *}"
}

# Fetches SHA256SUMS. Sets `names` and `hashes`, as they follow each other there.
read_sums() {
  local line hash
  fetch SHA256SUMS
  hash=$(sha256_of "$folder/SHA256SUMS")
  [[ -z $sums_hash || ${sums_hash,,} == "$hash" ]] ||
    fail "$wheels/SHA256SUMS has the SHA-256 $hash, not $sums_hash: somebody changed it"
  names=() hashes=()
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ ^([0-9a-f]{64})\ [\ *]([A-Za-z0-9][A-Za-z0-9._+-]*\.whl)$ ]] ||
      fail "$wheels/SHA256SUMS: '$line' is not the hash and name of a wheel: make it by sha256sum *.whl"
    hashes+=("${BASH_REMATCH[1]}")
    names+=("${BASH_REMATCH[2]}")
  done <"$folder/SHA256SUMS"
  ((${#names[@]})) || fail "$wheels/SHA256SUMS names no wheel"
}

# Fetches the wheels and refuses one that is not, byte for byte, what SHA256SUMS says.
fetch_wheels() {
  local index name hash
  for index in "${!names[@]}"; do
    name=${names[index]}
    fetch "$name"
    hash=$(sha256_of "$folder/$name")
    [[ $hash == "${hashes[index]}" ]] ||
      fail "$name is damaged: its SHA-256 is $hash, SHA256SUMS says ${hashes[index]}: upload it again"
    echo "./$name --hash=sha256:$hash" >>"$folder/requirements.txt"
    say "fetched $name, $(stat -c %s "$folder/$name") bytes, sha256 $hash"
  done
}

# Into the Python of the whole node: YARN's containers run as other users. `env`, for sudo keeps no
# variable; Debian's Python asks for the last of them, and older pips do not know its option.
install_wheels() {
  local set_to=(PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1
    PIP_ROOT_USER_ACTION=ignore PIP_BREAK_SYSTEM_PACKAGES=1)
  # --force-reinstall: a rebuilt wheel may have the version of the installed one.
  (cd "$folder" && as_root env -u PIP_FIND_LINKS -u PIP_REQUIRE_VIRTUALENV "${set_to[@]}" \
    "$interpreter" -m pip install --no-index --no-deps --require-hashes --force-reinstall \
    --no-cache-dir --requirement requirements.txt) >>"$log" 2>&1 ||
    fail "pip of $interpreter ($version) refused the wheels; are they for this Python? Else name it by" \
      "--python ($(grep -i error "$log" | tail -n 1))"
}

# One photo to features, by the installed package, not by one that lies where we stand.
tries_a_photo() {
  (cd / && timeout 60 "$interpreter" -I - "$PHOTO") <<'PYTHON' >>"$log" 2>&1
import base64, math, sys

import pyarrow
import verger

photo = pyarrow.array([base64.b64decode(sys.argv[1])], pyarrow.binary())
model = verger.Model()
extractor = verger.Extractor(model, threads=1)
row = extractor.extract(pyarrow.RecordBatch.from_arrays([photo], names=["content"])).to_pylist()[0]
if row["error"] is not None:
    sys.exit("self-test: the photo was rejected: " + row["error"])
features = row["features"]
if len(features) != model.dimension:
    sys.exit("self-test: %d features, not %d" % (len(features), model.dimension))
if not all(map(math.isfinite, features)):
    sys.exit("self-test: features that are not finite")
if len(set(features)) < 2:
    sys.exit("self-test: features that are all the same")
print("self-test: %d features of one photo by verger %s" % (len(features), verger.__version__))
PYTHON
}

# AWS's own way to turn it off: a mark that is read when the daemon is started, and a stop. Whether
# the daemon is there before or after this script depends on the release, so both are done now and,
# in the background, the stop again whenever it is found running in the first half hour. It is not
# masked: EMR's own set-up may start it, and must not fail.
stop_persistent_ui() {
  exec </dev/null >>"$1" 2>&1
  mkdir -p /etc/apppusher
  echo 'Stop Application UI' >/etc/apppusher/run-apppusher
  systemctl stop apppusher || true
  while ((SECONDS < $3)); do
    if systemctl is-active --quiet apppusher; then
      systemctl stop apppusher || true
      echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) verger bootstrap: stopped apppusher"
    fi
    sleep "$2"
  done
}

# Auto-termination detects work on YARN. For other work - the program, a notebook with local Spark -
# a touched file keeps the cluster alive: as long as a process with Verger's library has used more
# than 1 % of a core since the last check.
keep_busy() {
  local stat line fields pid used
  local -A before=() now=()
  exec </dev/null >>"$1" 2>&1 9>/run/verger-isbusy.lock
  flock --nonblock 9 || return 0 # an earlier run of this script has started one
  while sleep "$2" 9>&-; do
    now=()
    for stat in /proc/[0-9]*/stat; do
      IFS= read -r line <"$stat" || continue
      read -ra fields <<<"${line##*) }"
      pid=${line%% *} used=$((fields[11] + fields[12])) # 1/100 s of user and system time
      now[$pid]=$used
      if ((used - ${before[$pid]:-0} > $2)) && grep -q libverger.so "/proc/$pid/maps"; then
        # EMR has made the folder by now, or does without; the file is anyone's to touch.
        if [[ -d ${3%/*} ]]; then touch "$3" && chmod a+rw "$3"; fi
      fi
    done 2>/dev/null
    before=()
    for pid in "${!now[@]}"; do before[$pid]=${now[$pid]}; done
  done
}

# in_background FUNCTION ARGUMENTS: as root, in a session of its own, which outlives this script.
in_background() {
  as_root setsid --fork bash -c "trap '' HUP; $(declare -f "$1"); \"\$@\"" verger-bootstrap "$@"
}

is_primary() {
  [[ -f $INSTANCE ]] && grep -Eq '"isMaster"[[:space:]]*:[[:space:]]*true' "$INSTANCE"
}

main() {
  local stamp wanted
  read_arguments "$@"
  open_log
  interpreter=$(command -v "$python") || fail "no $python here: name the cluster's Python by --python"
  version=$("$interpreter" -I -c 'import platform; print(platform.python_version())')
  make_folder
  say "begins on $(uname -n): wheels of $wheels for $interpreter ($version)"

  read_sums
  stamp=$STATE/installed${interpreter//\//-}
  wanted="$version $(sha256_of "$folder/SHA256SUMS")"
  if [[ -f $stamp && $(<"$stamp") == "$wanted" ]] && tries_a_photo; then
    say "already installed, and works"
  else
    fetch_wheels
    as_root rm -f "$stamp"
    install_wheels
    say "installed ${names[*]}"
    tries_a_photo || fail "the installed package does not work: exit code $? ($(tail -n 1 "$log"))"
    as_root mkdir -p "$STATE"
    as_root tee "$stamp" <<<"$wanted" >/dev/null
    say "$(tail -n 1 "$log")"
  fi

  if is_primary; then
    in_background keep_busy "$log" "$WATCH_SECONDS" "$BUSY"
    if [[ $persistent_ui == false ]]; then
      in_background stop_persistent_ui "$log" "$WATCH_SECONDS" "$WATCHED_FOR"
      say "the persistent Spark UI is being turned off"
    fi
  fi
  say "ready after $SECONDS s"
}

main "$@"
