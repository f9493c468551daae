"""What Fairlead is to reach, as data, and what a run says of it."""

import math
import statistics
from dataclasses import dataclass

from .scenes import SCENES

FAIRLEAD = "fairlead"
MEGABYTE = 1e6
LEAST_COPIES = 0.45  # of the requests that were to be copied by half
LEAST_RATE = 0.95  # of a rate that was asked for; what was reached below it says nothing of that rate


class NotMeasured(Exception):
    """Why a run does not say how a target stands."""


@dataclass(frozen=True)
class Measured:
    """A figure, made of medians, and the least and most of its rounds."""

    value: float
    least: float
    most: float


@dataclass(frozen=True)
class Cpu:
    """CPU per request of one contestant over that of the best of others."""

    against: tuple
    of: str = FAIRLEAD

    def measure(self, scene):
        mine, *others = (column(scene, name, "cpu_per_request") for name in (self.of, *self.against))
        best = min(others, key=statistics.median)
        return over(mine, best)


@dataclass(frozen=True)
class CopyCost:
    """CPU of one copy that a mirror gets, in requests without a mirror: what all are dearer by, over copies per request."""

    of: str

    def measure(self, scene):
        mine, bare = (column(scene, name, "cpu_per_request") for name in (self.of, FAIRLEAD))
        copies = column(scene, self.of, "copies")
        if min(copies) < LEAST_COPIES:
            raise NotMeasured(f"only {min(copies):.0%} of the requests were copied")
        dearer = [(a - b) / b / each for a, b, each in zip(mine, bare, copies)]
        middle = statistics.median(bare)
        return Measured((statistics.median(mine) - middle) / middle / statistics.median(copies), min(dearer), max(dearer))


@dataclass(frozen=True)
class AddedP99:
    """What Fairlead adds to the p99 of a replica asked directly, over what another adds.

    All are taken on the wire between callers and who they ask: how late the load generator is, and how
    long it waits for a connection, is not in it. What is added is taken in each round, for what drifts on
    the machine drifts for all in a round. The ratio is that of the medians: of single rounds one with
    hardly anything added would be the median of none.
    """

    against: str
    figure: str = "wire_p99"
    needs: str = "packets were not captured, or not all: that needs tcpdump and the right to use it"

    def measure(self, scene):
        mine, other, bare = (column(scene, name, self.figure) for name in (FAIRLEAD, self.against, "direct"))
        if not all(value > 0 for value in mine + other + bare):
            raise NotMeasured(self.needs)
        return over(minus(mine, bare), minus(other, bare))


def undisturbed(against):
    """The same of the requests that no other program of the machine has delayed: see strangers.py."""
    return AddedP99(against, "undisturbed_p99", "who had the CPUs was not seen: that needs tcpdump, perf and the right to use both")


@dataclass(frozen=True)
class LoadedMemory:
    """Resident memory in MB at the end of a round."""

    def measure(self, scene):
        return spread([rss / MEGABYTE for rss in column(scene, FAIRLEAD, "rss")])


@dataclass(frozen=True)
class Goodput:
    """Good answers at three times capacity over capacity, in a scene of bench/open-loop."""

    scene: str

    def measure(self, scene):
        found = scene.get("overload", {}).get(self.scene)
        if not found:
            raise NotMeasured(f"{self.scene} was not run")
        if found["errors"]:
            raise NotMeasured(f"{found['errors']} errors")
        turns = [turn["goodput"] / turn["capacity"] for turn in found["turns"]]
        return Measured(found["ratio"], min(turns), max(turns))


@dataclass(frozen=True)
class IdleMemory:
    """Resident memory in MB half a second after the first answer, over all starts of a run."""

    def measure_run(self, run):
        starts = [scene["peers"][FAIRLEAD]["idle"]["rss"] for scene in run["scenes"].values() if FAIRLEAD in scene["peers"]]
        if not starts:
            raise NotMeasured("fairlead was not run")
        return spread([rss / MEGABYTE for rss in starts])


@dataclass(frozen=True)
class Target:
    """A bound that must be kept and a better one to aim at, for a figure of one scene."""

    what: str
    scene: str  # empty: all
    figure: object
    must: float
    aim: float
    at_least: bool = False
    unit: str = ""

    def reached(self, value, bound):
        return value >= bound if self.at_least else value <= bound

    def verdict(self, value):
        if self.reached(value, self.aim):
            return "aim met"
        return "met" if self.reached(value, self.must) else "MISSED"


BETTER = ("nginx", "haproxy")
FEW = (FAIRLEAD,)


def much(scene):
    """The contestant with much, or more to do, in a scene of variants."""
    return f"{FAIRLEAD} {SCENES[scene].variants[1].name}"


TARGETS = (
    Target("CPU per request, HTTP/1.1, against the better of nginx and HAProxy", "h1", Cpu(BETTER), 1.1, 1.0),
    Target("CPU per request, TLS + HTTP/1.1, against the better of nginx and HAProxy", "tls1", Cpu(BETTER), 1.2, 0.9),
    Target("CPU per request, TLS + HTTP/2, 100 streams, against the better of nginx and HAProxy", "h2-100", Cpu(BETTER), 1.3, 1.0),
    Target("CPU per request, 64 KiB reply, against the better of nginx and HAProxy", "h1-64k", Cpu(BETTER), 1.2, 1.0),
    Target("CPU per request, HTTP/1.1, against Envoy", "h1", Cpu(("envoy",)), 0.35, 0.3),
    Target("CPU per request, HTTP/1.1, against Pingora", "h1", Cpu(("pingora",)), 0.5, 0.45),
    Target("CPU per request, HTTP/1.1, against Vert.x proxy", "h1", Cpu(("vertx",)), 0.65, 0.56),
    Target("CPU per request, HTTP/1.1, against Zuul", "h1", Cpu(("zuul",)), 0.4, 0.35),
    Target("CPU per request, HTTP/1.1, against Spring Cloud Gateway", "h1", Cpu(("gateway",)), 0.2, 0.15),
    Target("added p99 at 25% load, against nginx", "h1-25", AddedP99("nginx"), 1.5, 1.1),
    Target("the same at a quarter of the load, where no other program delayed requests", "h1-25", undisturbed("nginx"), 1.5, 1.1),
    Target("added p99 at 70% load, against nginx", "h1-70", AddedP99("nginx"), 2.0, 1.1),
    Target("CPU per request, 1 000 routes against one", "routes", Cpu(FEW, much("routes")), 1.1, 1.03),
    Target("CPU per request, 1 000 replicas against few", "replicas", Cpu(FEW, much("replicas")), 1.1, 1.03),
    Target("CPU per request, 10 000 idle connections against none", "idle", Cpu(FEW, much("idle")), 1.1, 1.03),
    Target("CPU per request with keys, 20 endpoints, metrics and log of failures against bare", "keys", Cpu(FEW, much("keys")), 1.03, 1.0),
    Target("CPU of a copy for a mirror, in requests", "mirror", CopyCost(much("mirror")), 1.0, 0.7),
    Target("CPU per request with decision records while nobody asks against none", "records", Cpu(FEW, much("records")), 1.03, 1.01),
    Target("memory, idle", "", IdleMemory(), 110, 80, unit=" MB"),
    Target("memory at 10 000 requests/s", "memory", LoadedMemory(), 160, 120, unit=" MB"),
    Target("goodput at three times capacity of the models against capacity", "goodput", Goodput("overload"), 0.9, 0.97, at_least=True),
)


def judge(run, targets=TARGETS):
    """How each target stands in a run: dictionaries, for the report and for JSON."""
    return [standing(target, run) for target in targets]


def standing(target, run):
    """One target, what was measured, and the verdict."""
    stands = {"target": target.what, "scene": target.scene, "must": target.must, "aim": target.aim}
    stands |= {"at_least": target.at_least, "unit": target.unit.strip()}
    try:
        found = measure(target, run)
    except NotMeasured as reason:
        return stands | {"measured": None, "least": None, "most": None, "verdict": f"not measured: {reason}"}
    return stands | {"measured": found.value, "least": found.least, "most": found.most, "verdict": target.verdict(found.value)}


def measure(target, run):
    """The figure of a target, or NotMeasured with the reason."""
    if run.get("smoke"):
        raise NotMeasured("a smoke run")
    if not target.scene:
        found = target.figure.measure_run(run)
    elif target.scene not in run["scenes"]:
        raise NotMeasured(f"scene {target.scene} was not run")
    else:
        found = target.figure.measure(run["scenes"][target.scene])
    if not math.isfinite(found.value):
        raise NotMeasured("nothing to compare with")
    return found


def column(scene, name, key):
    """One figure of all rounds of a contestant who was there, without errors, and kept the rate."""
    peer = scene["peers"].get(name)
    if not peer:
        raise NotMeasured(scene.get("left_out", {}).get(name) or f"{name} was not run")
    errors = sum(one["errors"] for one in peer["rounds"])
    if errors:
        raise NotMeasured(f"{errors:.0f} errors of {name}")
    kept = statistics.median(one["requests_per_second"] for one in peer["rounds"])
    if kept < LEAST_RATE * scene["rate"]:
        raise NotMeasured(f"{name} answered {kept:.0f} of {scene['rate']} requests/s")
    return [one[key] for one in peer["rounds"]]


def minus(left, right):
    return [a - b for a, b in zip(left, right)]


def over(mine, other):
    """The ratio of two medians, with the least and most of the ratios of single rounds."""
    low = statistics.median(other)
    if low <= 0:
        raise NotMeasured("what the other adds is lost in the noise")
    each = [a / b for a, b in zip(mine, other) if b > 0]
    return Measured(statistics.median(mine) / low, min(each), max(each))


def spread(values):
    return Measured(statistics.median(values), min(values), max(values))
