"""A gate before the system calls of a program: it sees each, in their order, and decides.

A call may pass, fail with an error, or be the death of the program before it is made. strace's
injections count calls thread by thread, so that with them the n-th call of one thread hides that
of another, and cannot look at names made at random. Here one count goes over all threads, and a
call is known by the file it is for. By seccomp's user notifications (Linux 5.0 on, x86-64).
"""

from __future__ import annotations

import array
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

# System calls of x86-64 that touch files: number, and what their arguments are.
# d: a folder that the next path is below, p: a path, f: an open file, o: flags of opening.
CALLS = {
    "write": (1, "f"),
    "pwrite64": (18, "f"),
    "writev": (20, "f"),
    "flock": (73, "f"),
    "fsync": (74, "f"),
    "fdatasync": (75, "f"),
    "ftruncate": (77, "f"),
    "rename": (82, "pp"),
    "mkdir": (83, "p"),
    "rmdir": (84, "p"),
    "link": (86, "pp"),
    "unlink": (87, "p"),
    "openat": (257, "dpo"),
    "mkdirat": (258, "dp"),
    "unlinkat": (263, "dp"),
    "renameat": (264, "dpdp"),
    "linkat": (265, "dpdp"),
    "renameat2": (316, "dpdp"),
    "read": (0, "f"),
    "pread64": (17, "f"),
}
READS = ("read", "pread64")
NAMES = {number: name for name, (number, _) in CALLS.items()}

NOTIFICATION = struct.Struct("=QIIiIQ6Q")  # struct seccomp_notif
RESPONSE = struct.Struct("=QqiI")  # struct seccomp_notif_resp
RECEIVE, SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV, ..._SEND
GO_ON = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE
AT_FDCWD = -100
TIMEOUT = 300.0  # seconds that a program may take, on a busy machine


@dataclass(frozen=True)
class Call:
    """A system call about to be made. `paths` are absolute; of a rename, both."""

    name: str
    paths: tuple[str, ...]
    flags: int = 0

    @property
    def changes(self) -> bool:
        """Whether it can change what a disk holds, or make that durable."""
        if self.name == "openat":
            return self.flags & (os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_RDWR) != 0
        return self.name not in (*READS, "flock")

    def touches(self, folder: Path) -> bool:
        """Whether it is about `folder` or something below."""
        return any(f"{path}/".startswith(f"{folder}/") for path in self.paths)


class Kill:
    """The decision that the program dies at a call, by SIGKILL."""


KILL = Kill()
# What becomes of a call: None, it is made; a number, it fails with that errno; or KILL.
Decide = Callable[[Call], int | Kill | None]


@dataclass(frozen=True)
class Gated:
    """What became of a program behind the gate."""

    returncode: int
    stdout: str
    stderr: str


def run_gated(
    command: Sequence[str | Path],
    decide: Decide,
    *,
    reads: bool = False,
    opens_gate: bool = False,
    prefix: Sequence[str] = (),
    started: Callable[[subprocess.Popen[bytes]], None] = lambda process: None,
) -> Gated:
    """Runs a command; each of its calls of CALLS waits until `decide` says what becomes of it.

    reads:   whether calls that read wait as well; there are many.
    opens_gate: whether the command puts up the gate itself, by launch.send_listener with its last
             two arguments: for Python, whose imports are thousands of calls.
    prefix:  a command that starts ours, as setpriv does.
    started: called with the process.
    Errors: OSError (EPERM, ENOSYS ...) where this machine has no such gate.
    """
    if platform.machine() != "x86_64":
        raise OSError(errno.ENOSYS, "the numbers of its system calls are not known")
    numbers = [str(number) for name, (number, _) in CALLS.items() if reads or name not in READS]
    ours, theirs = socket.socketpair()
    gate = [str(theirs.fileno()), ",".join(numbers)]
    launch = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), *gate]
    with ours, theirs:
        process = subprocess.Popen(
            [*prefix, *command, *gate] if opens_gate else [*prefix, *launch, *command],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        theirs.close()
        with process:
            try:
                listener = receive_listener(ours)
                if listener is None:
                    raise OSError(errno.EPERM, process.communicate()[1].decode())
                started(process)
                attend(listener, process, decide)
                stdout, stderr = process.communicate(timeout=TIMEOUT)
            except BaseException:
                process.kill()
                raise
    return Gated(process.returncode, stdout.decode(), stderr.decode())


def receive_listener(channel: socket.socket) -> int | None:
    """The listener that launch.py sends; None if it ends without."""
    channel.settimeout(TIMEOUT)
    payload, ancillary, _, _ = channel.recvmsg(16, socket.CMSG_SPACE(4))
    for _, kind, data in ancillary:
        if payload and kind == socket.SCM_RIGHTS:
            return array.array("i", data)[0]
    return None


def attend(listener: int, process: subprocess.Popen[bytes], decide: Decide) -> None:
    """Answers until the program has ended, or is killed."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    end = time.monotonic() + TIMEOUT
    try:
        while True:
            ready = poll.poll(max(0.0, end - time.monotonic()) * 1000)
            if not ready:
                raise TimeoutError(f"not done after {TIMEOUT} s: {process.args!r}")
            if not ready[0][1] & select.POLLIN:
                return  # nobody is left behind the gate
            if answer(listener, process, decide):
                return
    finally:
        os.close(listener)


def answer(listener: int, process: subprocess.Popen[bytes], decide: Decide) -> bool:
    """Lets one call have its way. Returns whether the program was killed at it."""
    buffer = bytearray(NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, RECEIVE, buffer)
        identity, thread, _, number, _, _, *arguments = NOTIFICATION.unpack(buffer)
        decision = decide(describe(NAMES[number], thread, arguments))
        if isinstance(decision, Kill):
            process.send_signal(signal.SIGKILL)
            return True
        fate = (-decision, 0) if decision else (0, GO_ON)
        fcntl.ioctl(listener, SEND, RESPONSE.pack(identity, 0, *fate))
    except (FileNotFoundError, ProcessLookupError):
        pass  # the thread died while its call waited: somebody else has killed the program
    return False


def describe(name: str, thread: int, arguments: list[int]) -> Call:
    """The call in words. FileNotFoundError or ProcessLookupError if the thread is gone."""
    paths: list[str] = []
    folder = AT_FDCWD
    flags = 0
    for kind, argument in zip(CALLS[name][1], arguments, strict=False):
        number = (argument & 0xFFFFFFFF) - ((argument & 0x80000000) << 1)  # as a C int
        if kind == "d":
            folder = number
        elif kind == "p":
            paths.append(os.path.join(place(thread, folder), text_at(thread, argument)))
        elif kind == "f":
            paths.append(place(thread, number))
        elif kind == "o":
            flags = number
    return Call(name, tuple(paths), flags)


def place(thread: int, file: int) -> str:
    """What an open file of the thread is, or its working folder."""
    link = "cwd" if file == AT_FDCWD else f"fd/{file}"
    try:
        return os.readlink(f"/proc/{thread}/{link}")
    except OSError:
        return f"/bad file {file}"


def text_at(thread: int, address: int) -> str:
    """The text at an address of the thread's memory, to its zero byte."""
    with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        text = b""
        while b"\0" not in text:
            # Not over the end of a page: the next one may not be there.
            more = memory.read(4096 - (address + len(text)) % 4096)
            if not more:
                break
            text += more
    return os.fsdecode(text.partition(b"\0")[0])
