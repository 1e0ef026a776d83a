#!/usr/bin/env bash
# OpenVINO (openvino 2026.4.1) leaves the thread that made two cores with an alternate signal stack that is no
# longer mapped.
#
# Its CPU plugin sets the stack that signal handlers run on (sigaltstack), keeps the one before, and unmaps its
# own when the core goes. Seen: two cores, destroyed in the order in which they were made; the thread's stack is
# then the one of the first core, at an address that belongs to nothing. Python's handlers, of Ctrl-C too, run on
# that stack. In the other order, and with one core that lives as long as the process, all is well.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check openvino==2026.4.1
cd "$folder"
cat > look.py <<'PY'
import ctypes
import sys

import openvino


class Stack(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]


def signal_stack():
    """none, mapped or unmapped: the alternate signal stack of this thread."""
    stack = Stack()
    assert ctypes.CDLL(None).sigaltstack(None, ctypes.byref(stack)) == 0
    if not stack.address:
        return "none"
    with open("/proc/self/maps") as maps:
        ranges = [line.split()[0].split("-") for line in maps]
    inside = any(int(begin, 16) <= stack.address < int(end, 16) for begin, end in ranges)
    return "mapped" if inside else "unmapped"


def core():
    made = openvino.Core()
    made.get_property("CPU", "FULL_DEVICE_NAME")  # loads the plugin
    return made


cores = [core(), core()]
states = [signal_stack()]
while cores:
    cores.pop(0 if sys.argv[1] == "oldest_first" else -1)
    states.append(signal_stack())
print(*states)
PY
oldest=$(venv/bin/python look.py oldest_first)
newest=$(venv/bin/python look.py newest_first)
echo "openvino 2026.4.1: oldest first: $oldest; newest first: $newest"
[[ $oldest == "mapped mapped unmapped" ]] || { echo "this has changed" >&2; exit 1; }
[[ $newest == "mapped mapped none" ]] || { echo "this has changed" >&2; exit 1; }
