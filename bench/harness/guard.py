"""Kills process groups when the program that started them is gone, however it went.

Reads `+ GROUP` and `- GROUP` from standard input, which ends with that program.
"""

import os
import signal
import sys

groups = set()
for line in sys.stdin:
    sign, group = line.split()
    (groups.add if sign == "+" else groups.discard)(int(group))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it had ended
