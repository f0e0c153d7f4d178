"""Runs a command and writes its exit code, seconds and peak memory to a file, as JSON.

Usage: launch.py REPORT.json COMMAND... A process of its own and a small one, because Linux counts
the memory of the process that starts a command into that command's peak.
"""
import json
import os
import sys
import time


def busy_seconds():
    """CPU seconds that all processes of the machine have used; `None` where /proc is not."""
    try:
        with open("/proc/stat") as stat:
            user, nice, system = map(int, stat.readline().split()[1:4])
        return (user + nice + system) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return None


report, *command = sys.argv[1:]
busy = busy_seconds()
begin = time.perf_counter()
process = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - begin
used = usage.ru_utime + usage.ru_stime
with open(report, "w") as file:
    json.dump({
        "exit_code": os.waitstatus_to_exitcode(status),
        "seconds": seconds,
        "cpu_s": used,
        # Kilobytes on Linux, bytes on macOS.
        "peak_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "foreign_s": 0 if busy is None else max(0, busy_seconds() - busy - used),
    }, file)
