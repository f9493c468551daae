"""Which requests of a round were delayed by programs that have nothing to do with it, by what the scheduler tells."""

import bisect
import functools
import re
import shutil
import signal
import subprocess
import time

LEAST_NANOS = 50_000  # shorter visits are the machine's breathing
RING = "64M"  # of each CPU: some ten seconds of switches
BEGIN_SECONDS = 0.5  # until perf watches
EVENT = "sched:sched_switch"
SWITCH = re.compile(r"^\s*(\d+)/(\d+)\s+\[(\d+)\]\s+(\d+)\.(\d{9}): .* ==> next_comm=.* next_pid=(\d+)")
IDLE = 0
NEVER = float("-inf")


class Strangers:
    """Watches who has the CPUs, for a `with` statement; then see `spared`. Its own work is strange too."""

    def __init__(self, workshop, cpus):
        self.workshop = workshop
        self.cpus = cpus
        self.file = workshop.path("switches.perf")

    def __enter__(self):
        # what it sees stays in memory until the end: writing it out meanwhile would delay requests
        command = ["perf", "record", "-q", "-a", "-k", "CLOCK_MONOTONIC", "--overwrite", "-m", RING, "-e", EVENT, "-o", self.file]
        self.child = self.workshop.spawn("perf", command, self.cpus)
        time.sleep(BEGIN_SECONDS)
        self.epoch = time.clock_gettime_ns(time.CLOCK_REALTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        return self

    def __exit__(self, *_):
        self.child.stop(signal.SIGINT, patience=30.0)

    def spared(self, calls, known):
        """Those calls that no process delayed but `known` ones."""
        script = ["perf", "script", "-i", self.file, "-F", "pid,tid,cpu,time,trace", "--ns"]
        with subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as reader:
            seen, owners = switches(reader.stdout)
        ours = {thread for thread, process in owners.items() if process in known}
        late = [(begin + self.epoch, end + self.epoch) for begin, end in stretches(seen, ours)]
        return spared(calls, late)


@functools.cache
def can_be_told():
    """Whether this program may watch the scheduler."""
    if not shutil.which("perf"):
        return False
    trial = ["perf", "record", "-q", "-a", "-k", "CLOCK_MONOTONIC", "--overwrite", "-e", EVENT, "-o", "/dev/null", "true"]
    return subprocess.run(trial, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def switches(lines):
    """What perf script says: of each switch the time in nanoseconds, the CPU, and the thread that gets it; and whose each thread is.

    A line tells of the process of the thread that has had the CPU; each thread has it before long.
    """
    seen, owners = [], {}
    for line in lines:
        found = SWITCH.match(line)
        if found:
            process, thread, cpu, seconds, nanos, following = map(int, found.groups())
            seen.append((seconds * 1_000_000_000 + nanos, cpu, following))
            owners[thread] = process
    return seen, owners


def stretches(seen, ours):
    """When a CPU was late because of other threads than `ours`: from when the first of them got it until it had nothing to do.

    Before the first switch of a CPU, and after the last of all, nothing is known, which counts as late.
    """
    late, now, last = [], {}, NEVER
    for nanos, cpu, thread in seen:
        if cpu not in now:
            late.append((NEVER, nanos))
            now[cpu] = Busy()
        now[cpu].goes_to_another(nanos)
        if thread == IDLE:
            if now[cpu].strange >= LEAST_NANOS:
                late.append((now[cpu].since, nanos))
            now[cpu] = Busy()
        elif thread not in ours:
            now[cpu].goes_to_a_stranger(nanos)
        last = nanos
    late.append((last, float("inf")))
    return late


class Busy:
    """A CPU from when it has something to do: since when others had it, and for how long in all."""

    def __init__(self):
        self.since = None
        self.strange = 0
        self.at = None

    def goes_to_a_stranger(self, nanos):
        self.at = nanos
        self.since = nanos if self.since is None else self.since

    def goes_to_another(self, nanos):
        if self.at is not None:
            self.strange += nanos - self.at
            self.at = None


def spared(calls, late):
    """Those calls that overlap with none of the stretches."""
    merged = []
    for begin, end in sorted(late):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    begins = [begin for begin, _ in merged]
    for asked, answered in calls:
        before = bisect.bisect_right(begins, answered) - 1
        if before < 0 or merged[before][1] < asked:
            yield asked, answered
