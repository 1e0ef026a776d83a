"""Starts a program whose system calls wait at a gate: launch.py SOCKET CALLS PROGRAM ARGUMENT...

SOCKET: number of the inherited socket that gets the listener of the gate.
CALLS:  numbers of the system calls that wait there, parted by commas.
"""

from __future__ import annotations

import array
import ctypes
import os
import socket
import struct
import sys

PR_SET_NO_NEW_PRIVS = 38
SECCOMP = 317  # the system call, on x86-64
SET_MODE_FILTER, NEW_LISTENER = 1, 8
ALLOW, ASK_THE_LISTENER = 0x7FFF0000, 0x7FC00000
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06  # of the kernel's packet filter language


def bpf(calls: list[int]) -> bytes:
    """The filter: these calls ask the listener, all others go their way."""
    code = [(LOAD_WORD, 0, 0, 0)]  # the number of the call
    for index, call in enumerate(calls):
        code.append((JUMP_IF_EQUAL, len(calls) - index, 0, call))
    code += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ASK_THE_LISTENER)]
    return b"".join(struct.pack("=HBBI", *line) for line in code)


def listener(calls: list[int]) -> int:
    """Puts the filter over this process for good. OSError where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(bpf(calls))
    program = struct.pack("@HP", len(code.raw) // 8, ctypes.addressof(code))
    # Without it only root may; it takes nothing away that a program under test would gain.
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    descriptor = libc.syscall(SECCOMP, SET_MODE_FILTER, NEW_LISTENER, ctypes.c_char_p(program))
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), "no filter of system calls can be set here")
    return int(descriptor)


def send_listener(number: str, calls: str) -> None:
    """From now on the calls of this process wait; `number` and `calls` as SOCKET and CALLS."""
    channel = socket.socket(fileno=int(number))
    descriptor = listener([int(call) for call in calls.split(",")])
    # Not send_fds: it would import what opens files.
    fds = array.array("i", [descriptor])
    channel.sendmsg([b"gate"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    channel.close()


def main() -> None:
    send_listener(sys.argv[1], sys.argv[2])
    os.execv(sys.argv[3], sys.argv[3:])


if __name__ == "__main__":
    main()
