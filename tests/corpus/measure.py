"""Run a command and write how it ended to a descriptor: status, CPU seconds, peak memory in kB.

A process of its own, tiny and without site-packages: the kernel counts the memory of whoever starts a program as
the program's, so a large test process cannot measure a small one.
"""

import os
import sys

if __name__ == "__main__":
    report = int(sys.argv[1])
    os.set_inheritable(report, False)
    child = os.spawnv(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
    _, status, used = os.wait4(child, 0)
    kilobyte = 1 if sys.platform == "linux" else 1024
    code = os.waitstatus_to_exitcode(status)
    os.write(report, f"{code} {used.ru_utime + used.ru_stime:.3f} {used.ru_maxrss // kilobyte}".encode())
