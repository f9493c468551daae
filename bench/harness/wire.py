"""What the wire saw of requests, by the kernel's clock: without the time that callers need to send and to look."""

import re
import shutil
import signal
import struct

from .processes import wait_until

PACKET_BYTES = 128  # of each that are kept: the heads of Ethernet, IPv4 and TCP fit
BUFFER_KIB = 32768
NANOSECOND_PCAP = 0xA1B23C4D
ETHERNET = 1


class Wire:
    """Captures what goes to and from one port of this machine, for a `with` statement; then see `calls`."""

    def __init__(self, workshop, port, cpus):
        self.workshop = workshop
        self.port = port
        self.cpus = cpus
        self.file = workshop.path(f"wire-{port}.pcap")

    def __enter__(self):
        command = ["tcpdump", "-i", "lo", "-n", "-s", str(PACKET_BYTES), "-B", str(BUFFER_KIB), "-w", self.file]
        command += ["-Z", "root", "--time-stamp-precision=nano", f"tcp port {self.port}"]
        self.child = self.workshop.spawn("tcpdump", command, self.cpus)
        wait_until(lambda: "listening on" in self.said(), self.child, "packets")
        return self

    def __exit__(self, *_):
        self.child.stop(signal.SIGINT)

    def said(self):
        with open(self.child.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def calls(self):
        """When each request passed, and when its answer did; none if packets are missing."""
        dropped = re.search(r"(\d+) packets dropped by kernel", self.said())
        if not dropped or int(dropped[1]):
            return []
        with open(self.file, "rb") as file:
            return list(calls(file.read(), self.port))


def can_be_seen():
    """Whether this program may capture packets."""
    return shutil.which("tcpdump") is not None and may_capture()


def may_capture():
    with open("/proc/self/status", encoding="ascii") as status:
        effective = int(re.search(r"^CapEff:\s+([0-9a-f]+)", status.read(), re.M)[1], 16)
    return bool(effective & 1 << 13)  # CAP_NET_RAW


def latencies(some):
    """Microseconds that calls took, in order of size."""
    return sorted((answered - asked) / 1000 for asked, answered in some)


def calls(capture, port):
    """Nanoseconds at the last packet of each request and at the last of its answer, of one request at a time on a connection.

    Packets without data, which only acknowledge, are passed over.
    """
    asked, answered = {}, {}
    for nanos, caller, is_request in packets(capture, port):
        if not is_request:
            answered[caller] = nanos
            continue
        if caller in answered and caller in asked:
            yield asked[caller], answered.pop(caller)
        asked[caller] = nanos
        answered.pop(caller, None)
    for caller, nanos in answered.items():
        if caller in asked:
            yield asked[caller], nanos


def packets(capture, port):
    """Of each packet with data: its time in nanoseconds, the caller's port, and whether it goes to `port`."""
    magic, link = struct.unpack_from("<I16xI", capture)
    if magic != NANOSECOND_PCAP or link != ETHERNET:
        raise SystemExit(f"tcpdump: magic {magic:#x}, link type {link} (expected: {NANOSECOND_PCAP:#x}, {ETHERNET})")
    at = 24
    while at + 16 <= len(capture):
        seconds, nanos, kept = struct.unpack_from("<III", capture, at)
        ip = at + 16 + 14
        at += 16 + kept
        if at > len(capture):
            return  # cut off
        tcp = ip + 4 * (capture[ip] & 15)
        source, target = struct.unpack_from(">HH", capture, tcp)
        data = struct.unpack_from(">H", capture, ip + 2)[0] - (tcp - ip) - 4 * (capture[tcp + 12] >> 4)
        if data > 0:
            is_request = target == port
            yield seconds * 1_000_000_000 + nanos, source if is_request else target, is_request
