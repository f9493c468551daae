"""The load generator, h2load, and what it says of a stretch of load."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass

from .processes import Workshop

PROTOCOLS = {
    "h1": "cleartext HTTP/1.1",
    "tls1": "TLS + HTTP/1.1",
    "h2": "TLS + HTTP/2",
}

PATIENCE = 30  # seconds, for what was in flight at the end
TRIES = 3


class LateConnections(SystemExit):
    """Connections were made after h2load's time was up: it loads those for ever, and never ends."""


def again_if_late(stretch):
    """What a stretch of load, a function, gives; again, up to three times in all, if connections were late."""
    for _ in range(TRIES - 1):
        try:
            return stretch()
        except LateConnections as late:
            print(f"again: {late}", file=sys.stderr, flush=True)
    return stretch()


@dataclass(frozen=True)
class Load:
    """What came of one stretch of load; latencies in microseconds, of good answers alone."""

    good: int
    bad: int
    p50: float
    p99: float
    p999: float
    late: float = 0.0  # p99 of how late the generator itself was


@dataclass(frozen=True)
class H2Load:
    """How the load is made: the same for every peer."""

    workshop: Workshop
    clients: int
    streams: int
    body: str
    cpus: frozenset

    def greet(self, protocol, port, path, fields=()):
        """Makes every connection once and has it answer, however long a cold peer takes for that.

        To be called before the first `run` against a peer, so that late connections are rare.
        """
        with self.started(protocol, port, path, fields, ["-n", str(self.clients * self.streams)]) as h2load:
            self.ended(h2load, path)

    def run(self, protocol, port, path, seconds, rate=0, idle=0, fields=()):
        """Loads a port for some seconds: a closed loop, or `rate` requests per second in all.

        `idle` other connections to that port are expected to stay open; `fields` are in the head of each request.
        Ends with LateConnections if a handshake took until after the time: see `again_if_late`.
        """
        log = self.workshop.write("latencies.tsv", b"")
        more = ["-D", str(seconds), f"--log-file={log}"]
        more += ["--rps", f"{rate / self.clients:.6f}"] if rate else []
        with self.started(protocol, port, path, fields, more) as h2load:
            expected = self.clients + idle
            lost = max(0, expected - connections_near_the_end(h2load, port, expected, seconds))
            stdout, stderr = self.ended(h2load, path)
        return parse(stdout, stderr, log, lost)

    def started(self, protocol, port, path, fields, more):
        url = f"{'http' if protocol == 'h1' else 'https'}://127.0.0.1:{port}{path}"
        command = ["taskset", "-c", ",".join(map(str, sorted(self.cpus))), "h2load", "-t", "1"]
        command += ["-c", str(self.clients), "-m", str(self.streams if protocol == "h2" else 1)]
        command += ["-d", self.body, "-H", "content-type: application/json"] + (["--h1"] if protocol != "h2" else [])
        command += [word for field in fields for word in ("-H", field)] + more
        return subprocess.Popen(command + [url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def ended(h2load, path, patience=PATIENCE):
        try:
            return h2load.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            if reads_on(h2load.pid):
                raise LateConnections(f"a connection was made after the time of h2load was up: {path}") from None
            raise SystemExit(f"h2load waits for answers {patience} s after its time: {path}") from None
        finally:
            h2load.kill()


def reads_on(pid, seconds=2):
    """Whether a process reads anything within some seconds: h2load alone, as `taskset` becomes it."""
    before = bytes_read(pid)
    time.sleep(seconds)
    return bytes_read(pid) > before


def bytes_read(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as counters:
        return int(re.search(r"rchar: (\d+)", counters.read())[1])


def connections_to(port):
    """How many connections to a port of 127.0.0.1 are open."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        remote = f" 0100007F:{port:04X} 01 "  # 01: established
        return sum(remote in line for line in table)


def connections_near_the_end(h2load, port, expected, seconds):
    """How many connections there were shortly before h2load's time was up: as often as it takes until it has made all."""
    end = time.monotonic() + seconds - 0.1
    time.sleep(max(0.1, seconds - 0.5))
    found = connections_to(port)
    complete = found >= expected
    while h2load.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
        now = connections_to(port)
        if time.monotonic() >= end:
            break  # it may have ended meanwhile
        complete = complete or now >= expected
        found = now if complete else max(found, now)
    return found


def parse(stdout, stderr, log, lost):
    """Reads h2load's summary and its log of latencies.

    A connection that is closed on it without an answer counts nowhere in that summary, and h2load
    opens no other: so `lost` is what was missing shortly before the end.
    """
    requests = re.search(r"requests: .* (\d+) done, \d+ succeeded, (\d+) failed", stdout)
    statuses = re.search(r"status codes: (\d+) 2xx", stdout)
    if not requests or not statuses:
        raise SystemExit(f"h2load said:\n{stdout[-800:]}{stderr[-800:]}")
    done, failed, good = int(requests[1]), int(requests[2]), int(statuses[1])
    latencies = []
    with open(log, encoding="ascii") as lines:
        for line in lines:
            _started, status, micros = line.split("\t")[:3]
            if status == "200":
                latencies.append(int(micros))
    latencies.sort()
    return Load(
        good=good,
        bad=max(failed, done - good) + lost,
        p50=quantile(latencies, 0.5),
        p99=quantile(latencies, 0.99),
        p999=quantile(latencies, 0.999),
    )


def quantile(ordered, q):
    """The value below which a share `q` of an ordered list lies; not a number if it is empty."""
    return float(ordered[min(len(ordered) - 1, int(q * len(ordered)))]) if ordered else float("nan")
