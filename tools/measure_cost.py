"""Runs a command and writes what it cost, as JSON.

    python -I -S measure_cost.py COST SECONDS COMMAND...

A process of its own because Linux gives a new process the peak memory of the one it was started
from: this one has 8 MiB, a test or a benchmark with numpy hundreds. stdout, stderr and the exit
code are the command's; after SECONDS it is killed.
"""

import json
import os
import signal
import sys
import time


def main() -> int:
    cost, limit, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    begin = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(limit)
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    signal.alarm(0)
    figures = {
        "wall": wall,
        "user": used.ru_utime,
        "system": used.ru_stime,
        "peak_bytes": 1024 * used.ru_maxrss,
    }
    with open(cost, "w") as file:
        json.dump(figures, file)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
