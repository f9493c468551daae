"""bench/open-loop in the hands of this program: the load of a given rate, and of overload."""

import collections
import json
import os
from dataclasses import dataclass, replace

from . import machine
from .load import H2Load, Load
from .processes import Workshop

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "open-loop")
PATIENCE = 30  # seconds, for what was in flight at the end


class Driver:
    """One generator that stays, and stays warm, from round to round; started when first needed."""

    def __init__(self, workshop: Workshop, cpus):
        self.workshop = workshop
        self.cpus = cpus
        self.child = None
        self.orders = collections.Counter()

    def run(self, url, protocol, size, rate, seconds):
        """Requests that are due at random moments, whatever becomes of those before: a Poisson process."""
        if not self.child:
            self.child = self.workshop.spawn("open-loop", [PROGRAM, "--drive"], self.cpus, piped=True)
        self.orders[url] += 1  # its seed: the nth round has the same arrivals for all
        order = {"url": url, "protocol": protocol, "arrivals": "poisson", "seed": self.orders[url]}
        order |= {"connections": size.clients, "streams": size.streams, "body": os.path.getsize(size.body)}
        order |= {"rate": rate, "seconds": seconds}
        pipe = self.child.popen
        try:
            pipe.stdin.write(json.dumps(order).encode() + b"\n")
            pipe.stdin.flush()
            said = pipe.stdout.readline()
        except BrokenPipeError:
            said = b""
        if not said:
            pipe.wait(PATIENCE)
            self.child.check()
        return answer(json.loads(said))

    def pids(self):
        """Its process, if it was started."""
        return [self.child.pid] if self.child else []

    def cpu_seconds(self):
        """CPU time it has used."""
        return machine.cpu_seconds(self.child.pid) if self.child else 0.0


def answer(step):
    """What a step of the generator came to, as a load."""
    latency = step["latency"]
    bad = step["unexpected"] + step["unanswered"]
    return Load(step["good"], bad, latency["p50"], latency["p99"], latency["p999"], step["lateness"]["p99"])


@dataclass(frozen=True)
class Loads:
    """Both generators with the same connections: h2load in a closed loop, bench/open-loop at a rate."""

    closed: H2Load
    driver: Driver

    def sized(self, clients, streams):
        """The same with so many connections and streams; 0 for as many as before."""
        size = {"clients": clients or self.closed.clients, "streams": streams or self.closed.streams}
        return replace(self, closed=replace(self.closed, **size))

    def greet(self, protocol, port, path, fields=()):
        """Makes every connection of the closed loop once: see H2Load."""
        self.closed.greet(protocol, port, path, fields)

    def run(self, protocol, port, path, seconds, rate=0, idle=0, fields=()):
        """Loads a port for some seconds: a closed loop, or `rate` requests per second in all."""
        if not rate:
            return self.closed.run(protocol, port, path, seconds, idle=idle, fields=fields)
        url = f"{'http' if protocol == 'h1' else 'https'}://127.0.0.1:{port}{path}"
        return self.driver.run(url, protocol, self.closed, rate, seconds)

    def pids(self):
        """The process of the generator that stays."""
        return self.driver.pids()

    def cpu_seconds(self):
        """CPU time of the generator that stays; that of h2load counts as this program's when it ends."""
        return self.driver.cpu_seconds()


def overload(workshop, scenes, router, cpus, plan):
    """Runs scenes of overload: of each its meaning, medians, ratio and turns."""
    file = workshop.path("overload.json")
    command = [PROGRAM, "--scenes", ",".join(scenes), "--router", router, "--json", file]
    command += ["--smoke"] if plan.smoke else ["--seconds", str(plan.seconds), "--rounds", str(plan.rounds)]
    command += [] if plan.smoke else ["--warm-up", str(max(1, plan.warm_up // 2))]
    child = workshop.spawn("open-loop", command, cpus, shown=True)
    status = child.popen.wait()
    if status not in (0, 1) or not os.path.exists(file):
        child.check()
    with open(file, encoding="utf-8") as text:
        found = json.load(text)["scenes"]
    return {
        one["scene"]: one["overload"]
        | {"meaning": one["meaning"], "errors": sum(s["unexpected"] + s["unanswered"] for s in one["steps"])}
        for one in found
    }
