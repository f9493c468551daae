"""Where the time of the router's event loops goes, by samples of Java Flight Recorder."""

import re
from collections import Counter
from dataclasses import dataclass

from . import recording

LOOP = re.compile(r"fairlead-loop-")


@dataclass(frozen=True)
class Kind:
    """One kind of sample: its event, how often, what the JVM needs for it, and whether it has a weight in bytes."""

    event: str
    throttle: str
    flags: str
    weighs: bool


KINDS = {
    # driven by a CPU-time clock (JEP 509): unlike jdk.ExecutionSample it sees native methods, system calls too
    # without the flags a sample stands at the next safepoint
    "cpu": Kind("jdk.CPUTimeSample", "1ms", "-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints", False),
    # there is one at most for each buffer that a thread allocates from: small buffers, more samples
    "heap": Kind("jdk.ObjectAllocationSample", "5000/s", "-XX:TLABSize=16k -XX:-ResizeTLAB", True),
}

# A sample belongs to the first part that one of its frames names, from the innermost frame outwards.
# Frames of what serves all parts (buffers, the JDK) match none, so their time is their caller's.
PARTS = {
    "kernel: epoll": r"io\.netty\.channel\.epoll\.Native\.",
    "kernel: read": r"io\.netty\.channel\.unix\.(Socket|FileDescriptor)\.(recv|read)",
    "kernel: write": r"io\.netty\.channel\.unix\.(Socket|FileDescriptor)\.(send|write)",
    "TLS": r"io\.netty\.(internal\.tcnative|handler\.ssl)\.",
    "HTTP/2 and HPACK": r"io\.netty\.handler\.codec\.http2\.|io\.fairlead\.router\.(proxy|http)\.Http2|"
    r"io\.netty\.handler\.codec\.ByteToMessageDecoder",
    "HTTP/1.1": r"io\.fairlead\.router\.http1\.|"
    r"io\.fairlead\.router\.proxy\.(Http1|ResponseReader|RequestSender|UpstreamHead|Writes)",
    "field rules, ids": r"io\.fairlead\.router\.http\.|io\.fairlead\.router\.proxy\.(ResponseFields|RequestIdentity)",
    "routing": r"io\.fairlead\.router\.(routing\.|proxy\.RequestRoute)",
    "dispatch": r"io\.fairlead\.router\.(dispatch\.|proxy\.SlotWait)",
    "metrics": r"io\.fairlead\.router\.(metrics\.|proxy\.Phases)",
    "timers and clock": r"io\.fairlead\.router\.proxy\.(TimerWheel|Timeout|ExchangeClock)|io\.fairlead\.router\.\w*Clock",
    "relaying": r"io\.fairlead\.router\.proxy\.",
    "Netty: loop, pipeline": r"io\.netty\.(channel|util)\.",
}
REST = "rest"
_PARTS = [(part, re.compile(pattern)) for part, pattern in PARTS.items()]


def part_of(stack):
    """The part that a stack, innermost frame first, belongs to."""
    for frame in stack:
        for part, pattern in _PARTS:
            if pattern.match(frame):
                return part
    return REST


class Samples:
    """Stacks, innermost frame first, and the weight of each."""

    def __init__(self, stacks):
        self.stacks = stacks

    def total(self):
        return sum(self.stacks.values())

    def shares(self):
        """The share of each part, in the order of the parts."""
        sums, total = Counter(), self.total()
        for stack, weight in self.stacks.items():
            sums[part_of(stack)] += weight
        return {part: sums[part] / total for part in [*PARTS, REST]} if total else {}

    def collapsed(self):
        """One line for each stack, outermost frame first: what flame-graph programs read."""
        return "".join(f"{';'.join(reversed(stack))} {weight}\n" for stack, weight in sorted(self.stacks.items()))


def begin(pid, kind):
    """Starts to sample a running JVM."""
    settings = [f"+{kind.event}#{setting}" for setting in ("enabled=true", f"throttle={kind.throttle}")]
    recording.run("jcmd", str(recording.java_process(pid)), "JFR.start", "name=samples", "settings=none", *settings)


def end(workshop, pid, kind):
    """Stops to sample and returns what was seen of the event loops."""
    file = workshop.path("samples.jfr")
    recording.run("jcmd", str(recording.java_process(pid)), "JFR.stop", "name=samples", f"filename={file}")
    return Samples(parse(recording.run("jfr", "print", "--stack-depth", "64", "--events", kind.event, file), kind))


def parse(text, kind):
    """Reads what `jfr print` says of the samples of event loops."""
    stacks, seen = Counter(), set()
    for event in text.split(f"{kind.event} {{")[1:]:
        thread = re.search(r'^  (?:eventThread|sampledThread) = "([^"]*)"', event, re.M)
        frames = re.search(r"stackTrace = \[\n(.*?)\n  \]", event, re.S)
        if not thread or not frames or not LOOP.match(thread[1]):
            continue
        stack = tuple(frame for frame in map(name_of, frames[1].split("\n")) if frame)
        if not kind.weighs:
            stacks[stack] += 1
        elif thread[1] in seen:
            stacks["[" + re.search(r"objectClass = (\S+)", event)[1] + "]", *stack] += bytes_of(event)
        seen.add(thread[1])  # its first sample weighs all that it has allocated before
    return stacks


def name_of(frame):
    """The method of a frame, without arguments and line."""
    return frame.strip().partition("(")[0]


def bytes_of(event):
    """The weight that `jfr print` writes, such as 12.5 kB."""
    number, unit = re.search(r"weight = ([\d.]+) (\w+)", event).groups()
    return round(float(number) * 1024 ** ["bytes", "kB", "MB", "GB"].index(unit))
