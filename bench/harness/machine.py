"""What the kernel knows of this machine and of a tree of processes."""

import glob
import os
import platform
import re
import resource
import time
from dataclasses import dataclass

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def tree(pid):
    """The process and everything it has started that still runs."""
    found, open_ends = [], [pid]
    while open_ends:
        pid = open_ends.pop()
        found.append(pid)
        for children in glob.glob(f"/proc/{pid}/task/*/children"):
            open_ends += [int(child) for child in _read(children).split()]
    return found


def cpu_seconds(pid):
    """User and system time of a process tree, ended threads included.

    A process has a CPU clock whose number is made from its id (clock_getcpuclockid(3)). It counts
    nanoseconds, where /proc/PID/stat counts hundredths of a second.
    """
    total = 0.0
    for process in tree(pid):
        try:
            total += time.clock_gettime((~process << 3) | 2)
        except OSError:
            pass  # it ended since the tree was read
    return total


def thread_seconds(pid):
    """User and system time of the threads of a process, added up by name; in hundredths of a second."""
    found = {}
    for stat in glob.glob(f"/proc/{pid}/task/*/stat"):
        before, _, after = _read(stat).rpartition(")")
        if after:
            name = re.sub(r"[-\d#]*$", "", before.partition("(")[2])
            fields = after.split()
            found[name] = found.get(name, 0.0) + (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
    return found


@dataclass(frozen=True)
class Memory:
    """Bytes in RAM of a process tree: with a share of what it shares (PSS), and in full (RSS)."""

    pss: int
    rss: int


def memory(pid):
    """Memory of a process tree now."""
    pss = rss = 0
    for process in tree(pid):
        sizes = dict(re.findall(r"^(Pss|Rss):\s+(\d+) kB", _read(f"/proc/{process}/smaps_rollup"), re.M))
        pss += 1024 * int(sizes.get("Pss", 0))
        rss += 1024 * int(sizes.get("Rss", 0))
    return Memory(pss, rss)


def pin(pid, cpus):
    """Lets every thread of a process tree run on these CPUs only."""
    for _ in range(2):  # again, for a thread that its parent was starting meanwhile
        for process in tree(pid):
            for thread in glob.glob(f"/proc/{process}/task/*"):
                try:
                    os.sched_setaffinity(int(os.path.basename(thread)), cpus)
                except OSError:
                    pass  # the thread ended


@dataclass(frozen=True)
class Usage:
    """Seconds of CPU: of the whole machine, stolen by its host, and of this program with what it ran."""

    at: float
    busy: float
    steal: float
    own: float

    @staticmethod
    def now():
        with open("/proc/stat", encoding="ascii") as stat:
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, stat.readline().split()[1:9])
        ended = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return Usage(
            at=time.monotonic(),
            busy=(user + nice + system + irq + softirq) / TICKS_PER_SECOND,
            steal=steal / TICKS_PER_SECOND,
            own=sum(usage.ru_utime + usage.ru_stime for usage in ended),
        )


def cpus():
    """The CPUs this program may use, in order."""
    return sorted(os.sched_getaffinity(0))


def description():
    """One line: processor, cores, kernel."""
    model = re.search(r"^model name\s*:\s*(.+)$", _read("/proc/cpuinfo"), re.M)
    name = model.group(1) if model else platform.machine()
    return f"{name}, {os.cpu_count()} cores, Linux {platform.release()}"


def _read(path):
    """The text of a file of /proc; empty if its process has ended."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
