"""measure.py FIGURES OUTPUT COMMAND…: runs a command, its standard output going to OUTPUT, and writes
seconds, CPU seconds (user and system, of the command alone) and its peak memory in kB to FIGURES.

The peak is what the kernel keeps for /proc/PID/status as VmHWM; read with wait4(2), because a process
that has ended has no such file any more. It is never below what this small program has itself.
"""

import os
import signal
import sys
import time

figures, output, *command = sys.argv[1:]

# A stop is sent to the command as well: both are in one group. Its end is waited for.
for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(name, lambda *_: None)

target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
start = time.monotonic()
child = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, target, 1)])
_, status, usage = os.wait4(child, 0)
seconds = time.monotonic() - start
with open(figures, "w") as file:
    file.write(f"{seconds:.4f}\t{usage.ru_utime + usage.ru_stime:.4f}\t{usage.ru_maxrss}")
sys.exit(0 if status == 0 else 1)
