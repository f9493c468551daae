"""What bench/cluster does to a router and its API server, scene by scene; each returns its figures."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass

from . import clustertargets as targets
from . import machine, models, replicas
from .churn import Churn
from .clusterrouter import Router, answers
from .kubernetes import APPLY, HOST, Cluster, write_all
from .load import H2Load
from .openloop import Driver
from .processes import Ports, Workshop
from .rounds import say

CRDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "charts", "fairlead", "crds")
GROUP = "fairlead.dev"
TRAFFIC_PATH = f"/api/v1/endpoint/{models.endpoint_name(0)}/score"
SETTLING = 150  # seconds, for what the router writes at five a second
CONVERGING = 60  # seconds
LOOK = 0.05  # seconds between two looks at the router
COMPILERS = ("C1 CompilerThre", "C2 CompilerThre")


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    pods: int
    endpoints: int
    rate: int  # changes of pods per second
    rounds: int
    seconds: int
    warm_up: int
    traffic: int  # requests per second
    away: int  # seconds without API server
    router_cpus: frozenset
    other_cpus: frozenset
    server_cpus: frozenset


class World:
    """A cluster full of models, the process that plays those that are asked, and a router."""

    def __init__(self, workshop: Workshop, plan: Plan, folder, program):
        self.workshop = workshop
        self.plan = plan
        self.program = program
        self.ports = Ports(23000)
        self.model_port = self.ports.take()
        self.router = None
        say("starting etcd and kube-apiserver")
        self.cluster = Cluster(workshop, folder, plan.server_cpus)
        self.server = self.cluster.server("kube-apiserver")
        self.server.start()
        self.pods = models.Pods("pod", plan.endpoints)
        self.others = models.Pods("other", 0)
        self.made = self.made_others = 0
        self.define()

    def define(self):
        """Makes what is there from the beginning: definitions, a namespace, endpoints without pods."""
        client = self.server.client()
        for plural in ("onlineendpoints", "onlinedeployments"):
            with open(os.path.join(CRDS, f"{GROUP}_{plural}.yaml"), encoding="utf-8") as text:
                path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.{GROUP}?fieldManager=bench"
                client.write("PATCH", path, text.read(), APPLY)
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": models.NAMESPACE}}
        client.write("POST", "/api/v1/namespaces", namespace)
        self.await_kind(client, "onlineendpoints")
        self.await_kind(client, "onlinedeployments")
        say(f"making {self.plan.endpoints} endpoints")
        write_all(self.server, [write for i in range(self.plan.endpoints) for write in models.endpoint(i, self.model_port)])

    @staticmethod
    def await_kind(client, plural):
        end = time.monotonic() + CONVERGING
        while client.ask("GET", f"{models.GROUP}/{plural}")[0] != 200:
            if time.monotonic() > end:
                raise SystemExit(f"kube-apiserver: no {plural} within {CONVERGING} s")
            time.sleep(LOOK)

    def make_pods(self, count):
        """Makes pods that are ready until there are so many."""
        if count > self.made:
            say(f"making pods until there are {count}")
            numbers = range(self.made, count)
            write_all(self.server, [self.pods.create(i) for i in numbers])
            write_all(self.server, [self.pods.ready(i, True) for i in numbers])
            self.made = count

    def make_others(self, count):
        """The same for pods that are none of the router's business."""
        if count > self.made_others:
            numbers = range(self.made_others, count)
            write_all(self.server, [self.others.create(i) for i in numbers])
            write_all(self.server, [self.others.ready(i, True) for i in numbers])
            self.made_others = count

    def start_router(self):
        """A new router in the place of the old one; returns when its first snapshot was published."""
        self.stop_router()
        kubeconfig = self.server.kubeconfig(models.NAMESPACE)
        self.router = Router(self.workshop, self.program, kubeconfig, models.NAMESPACE, self.ports, self.plan.router_cpus)
        return self.router.applied(self.plan.endpoints)

    def stop_router(self):
        if self.router:
            self.router.stop()
            self.router = None

    def running(self):
        """A router that has come to rest: what it has to say of its resources is said."""
        if not self.router:
            self.start_router()
        self.settle()
        return self.router

    def settle(self):
        client = self.server.client()
        end = time.monotonic() + SETTLING
        while not self.is_settled(client):
            if time.monotonic() > end:
                raise SystemExit(f"router: not every status was written within {SETTLING} s")
            time.sleep(0.5)

    def is_settled(self, client):
        """Whether the statuses say how many replicas there are, of deployments and of endpoints."""
        _status, deployments = client.ask("GET", f"{models.GROUP}/onlinedeployments")
        _status, endpoints = client.ask("GET", f"{models.GROUP}/onlineendpoints")
        counts = [item.get("status", {}).get("readyReplicas", -1) for item in deployments["items"]]
        counts += [sum(each["readyReplicas"] for each in item.get("status", {}).get("deployments", [])) for item in endpoints["items"]]
        return min(counts) >= 0 and sum(counts) == 2 * self.made

    def await_replicas(self, count):
        """Waits until the router has so many; returns when it was seen."""
        end = time.monotonic() + CONVERGING
        while time.monotonic() < end:
            if self.router.ready_replicas() == count:
                return time.monotonic()
            time.sleep(LOOK)
        raise SystemExit(f"router: {self.router.ready_replicas():.0f} replicas after {CONVERGING} s (expected: {count})")


def start(world):
    """From the API server's answers to the first snapshot."""
    plan = world.plan
    rounds = []
    for number in range(1, plan.rounds + 1):
        published = world.start_router()
        with open(world.server.audit, encoding="utf-8") as audit:
            lists = [one for one in answers(audit.read(), world.router.began) if one[0] <= published]
        rounds.append(
            {
                "lists": len(lists),
                "after_answers": published - max(answered for _asked, answered in lists),
                "after_question": published - min(asked for asked, _answered in lists),
                "after_start": published - world.router.began,
                "cpu": world.router.cpu_seconds(),
            }
        )
        say(f"start {number}/{plan.rounds}: {rounds[-1]}")
    column = [one["after_answers"] for one in rounds]
    target = f"first snapshot after the answers, {plan.pods} pods, {plan.endpoints} endpoints"
    return {"rounds": rounds}, [targets.judged(target, column, 2.0, "s", worst=True)]


def burst(world):
    """Snapshots of a burst of as many changes as there are pods."""
    plan = world.plan
    router = world.running()
    before, began = router.snapshots(), time.monotonic()
    write_all(world.server, [world.pods.ready(i, False) for i in range(world.made)])
    world.await_replicas(0)
    took = time.monotonic() - began
    time.sleep(1)
    written = router.snapshots() - before
    os.kill(router.child.pid, signal.SIGSTOP)  # so that all come at once
    write_all(world.server, [world.pods.ready(i, True) for i in range(world.made)])
    before = written + before
    os.kill(router.child.pid, signal.SIGCONT)
    world.await_replicas(world.made)
    time.sleep(1)
    at_once = router.snapshots() - before
    figures = {"changes": world.made, "seconds": took, "snapshots": written, "snapshots_at_once": at_once}
    say(f"burst: {figures}")
    return figures, [
        targets.judged(f"snapshots of {world.made} changes that come at once", [at_once], 5, ""),
        targets.judged(f"snapshots per second while {world.made} changes are written", [written / took], 5, "/s"),
    ]


def churn(world):
    """CPU of a router without traffic while pods change, and while they do not."""
    plan = world.plan
    router = world.running()
    say(f"churn: warming up for {plan.warm_up} s")
    with Churn(world.server, world.pods, world.made, plan.rate):
        time.sleep(plan.warm_up)
    quiet, busy, rates, snapshots = [], [], [], []
    for number in range(1, plan.rounds + 1):
        world.settle()
        time.sleep(1)
        quiet.append(spent(router, plan.seconds))
        with Churn(world.server, world.pods, world.made, plan.rate) as change:
            time.sleep(1)
            before = router.snapshots()
            busy.append(spent(router, plan.seconds))
            snapshots.append((router.snapshots() - before) / plan.seconds)
            rates.append(change.per_second())
        say(f"churn {number}/{plan.rounds}: {rates[-1]:.0f} changes/s; of a core: {busy[-1]}; without changes: {quiet[-1]}")
    figures = {"quiet": quiet, "busy": busy, "changes_per_second": rates, "snapshots_per_second": snapshots}
    what = f"of a core for {plan.rate} changes per second"
    return figures, [
        targets.judged(what, [100 * each for each in targets.cost(totals(quiet), totals(busy))], 5.0, "%"),
        targets.judged(
            f"{what}, without the JVM's compilers",
            [100 * each for each in targets.cost(work(quiet), work(busy))],
            5.0,
            "%",
        ),
    ]


def totals(rounds):
    """What the process took in each round."""
    return [one["process"] for one in rounds]


def work(rounds):
    """What it took beside what its compilers did, which come to an end."""
    return [one["process"] - sum(share for name, share in one["threads"].items() if name in COMPILERS) for one in rounds]


def spent(router, seconds):
    """What the process takes of a core in the next seconds, and each kind of thread of it, the most first."""
    before, used, began = machine.thread_seconds(router.child.pid), router.cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - began
    after, process = machine.thread_seconds(router.child.pid), router.cpu_seconds() - used
    shares = {name: round(max(0.0, now - before.get(name, 0.0)) / took, 4) for name, now in after.items()}
    most = sorted(shares.items(), key=lambda one: -one[1])
    return {"process": process / took, "threads": {name: share for name, share in most if share}}


def latency(world):
    """Traffic while the router's pods change, and while as many others do.

    Both kinds of change cost the API server, its writer and so the machine the same; only the first
    reach the router.
    """
    plan = world.plan
    router = world.running()
    world.make_others(min(200, world.made))
    asked = [f"{models.address(i)}:{world.model_port}" for i in range(0, world.made, plan.endpoints)]
    replicas.serve(world.workshop, asked, world.model_port, 1024, plan.other_cpus)
    body = world.workshop.write("body.json", b'{"data":"' + b"x" * 1013 + b'"}')
    size = H2Load(world.workshop, 32, 1, body, plan.other_cpus)
    driver = Driver(world.workshop, plan.other_cpus)
    url = f"http://{HOST}:{router.http}{TRAFFIC_PATH}"
    kinds = {"beside": (world.others, world.made_others), "own": (world.pods, world.made)}
    say(f"latency: warming up for {plan.warm_up} s")
    with Churn(world.server, world.pods, world.made, plan.rate):
        driver.run(url, "h1", size, plan.traffic, plan.warm_up)
    found = {name: [] for name in kinds}
    for number in range(1, plan.rounds + 1):
        for name in sorted(kinds, reverse=number % 2 == 0):
            world.settle()
            with Churn(world.server, *kinds[name], plan.rate) as change:
                load = driver.run(url, "h1", size, plan.traffic, plan.seconds)
                one = {"p50": load.p50, "p99": load.p99, "p999": load.p999, "bad": load.bad}
                found[name].append(one | {"good": load.good, "changes_per_second": change.per_second()})
            say(f"latency {number}/{plan.rounds} {name}: {found[name][-1]}")
    beside, own = ([one["p99"] for one in found[name]] for name in ("beside", "own"))
    errors = sum(one["bad"] for rounds in found.values() for one in rounds)
    return found | {"errors": errors}, [
        targets.unmoved("p99 while its pods change, against others' pods", beside, own, 1.1),
        targets.judged("requests that failed", [errors], 0, ""),
    ]


def away(world):
    """An API server that is killed and returns, while the cluster changes by way of another one."""
    plan = world.plan
    router = world.running()
    other = world.cluster.server("second-kube-apiserver")
    other.start()
    changed = range(0, world.made, 2)
    world.server.kill()
    say(f"away: for {plan.away} s, in which {len(changed)} pods change")
    gone = time.monotonic()
    write_all(other, [world.pods.ready(i, False) for i in changed])
    time.sleep(max(0.0, plan.away - (time.monotonic() - gone)))
    seen = {"ready": router.is_ready(), "silent": router.silence(), "replicas": router.ready_replicas()}
    world.server.launch()
    client = world.server.client()
    answering(client)
    returned = time.monotonic()
    converged = world.await_replicas(world.made - len(changed)) - returned
    figures = seen | {"seconds": returned - gone, "converged": converged}
    say(f"away: {figures}")
    write_all(other, [world.pods.ready(i, True) for i in changed])
    other.kill()
    return figures, [
        targets.judged(f"converged after {returned - gone:.0f} s without API server", [max(0.0, converged)], 5.0, "s"),
        targets.judged("not ready meanwhile, or with other replicas", [not seen["ready"] or seen["replicas"] != world.made], 0, ""),
    ]


def answering(client):
    """Waits until a server answers a list again."""
    end = time.monotonic() + CONVERGING
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if client.ask("GET", f"{models.CORE}/pods?limit=1")[0] == 200:
                return
        time.sleep(0.02)
    raise SystemExit(f"kube-apiserver: not back within {CONVERGING} s")


def memory(world):
    """What a router holds that was started with so many pods: bytes of live heap, and resident."""
    heap, rss = {}, {}
    for pods in (0, world.plan.pods, 3 * world.plan.pods):
        world.make_pods(pods)
        world.start_router()
        time.sleep(min(3, world.plan.seconds))
        rss[pods] = machine.memory(world.router.child.pid).rss  # first: the heap is told after a full collection
        heap[pods] = world.router.live_heap()
        say(f"memory: {pods} pods: {heap[pods] / 1e6:.1f} MB of live heap, {rss[pods] / 1e6:.0f} MB resident")
    return {"heap": heap, "rss": rss}, [
        targets.judged("live heap per 1 000 pods", [each / 1e6 for each in targets.per_thousand(heap)], 10.0, "MB", worst=True),
        targets.judged("resident per 1 000 pods", [each / 1e6 for each in targets.per_thousand(rss)], 10.0, "MB"),
    ]


SCENES = {scene.__name__: scene for scene in (start, burst, churn, latency, away, memory)}
