"""Peers measured in turn: A, B, C, B, C, A, ... so that what drifts on the machine drifts for all."""

import contextlib
import sys
import time
from dataclasses import asdict, dataclass, replace

from . import machine, strangers, wire
from .load import again_if_late, quantile
from .openloop import Loads, overload
from .peer import PATH, Peer, Setting
from .processes import Child, Ports, Workshop, score, wait_until
from .replicas import Farm
from .scenes import IdleConnections, Scene, Variant

TRIES = 4  # of one round, while other things keep the machine busy
LAST_WARM_UP_SECONDS = 5
YARDSTICKS = ("fairlead", "nginx", "haproxy")  # load in percent is of what the slowest of them can do
TOO_MUCH = 0.9  # of what a peer can do: it takes no part in a scene with a higher rate


@dataclass(frozen=True)
class Plan:
    """How long, how often, and on which CPUs."""

    rounds: int
    seconds: int
    warm_up: int  # seconds, of peers that compile while they run; others get two
    rate: str  # requests per second, or "N%": see `pace`; empty: closed loop
    quiet: float  # a round is repeated if other things took a larger share of a CPU
    peer_cpus: frozenset
    load_cpus: frozenset
    replicas: int = 4
    reply: int = 1024
    smoke: bool = False
    starts: int = 1  # of the contestants of a scene of Fairlead's variants

    def of(self, scene):
        """The same for a scene that wants more and shorter rounds, or a rate of its own."""
        seconds = max(1, self.seconds // 2) if scene.often > 1 else self.seconds
        rounds = 1 if self.smoke else self.rounds * scene.often
        return replace(self, rounds=rounds, seconds=seconds, rate=scene.rate or self.rate)


@dataclass(frozen=True)
class Result:
    """One round of one peer. Times of CPU and latencies in microseconds, memory in bytes."""

    requests_per_second: float
    cpu_per_request: float
    cpu_share: float
    p50: float
    p99: float
    p999: float
    late: float  # p99 of the generator's own lateness, at a rate
    wire_p99: float  # from request to answer on the caller's wire, at a rate of HTTP/1.1; else 0
    undisturbed_p99: float  # the same of requests that no other program delayed; 0 if that cannot be told
    disturbed: float  # the share of the others
    pss: int
    rss: int
    errors: int
    foreign: float
    steal: float
    copies: float  # sent to a mirror, for each good answer


@dataclass(frozen=True)
class Running:
    """A started peer and what its start has shown."""

    peer: Peer
    child: Child
    setting: Setting
    start_seconds: float
    idle: machine.Memory

    name: str = ""  # in reports: the peer's, or that of its variant
    idle_connections: int = 0  # beside the load

    def port(self, protocol):
        return self.setting.plain if protocol == "h1" else self.setting.tls


def start(workshop, peer, setting, cpus):
    """Starts a peer, waits for its first answer from a replica, and lets it come to rest."""
    command = peer.command(setting)
    began = time.monotonic()
    child = workshop.spawn(peer.name, command, cpus, peer.environment)
    wait_until(lambda: score("127.0.0.1", setting.plain, PATH, fields=setting.contract.fields), child, "the first answer")
    took = time.monotonic() - began
    time.sleep(0.5)
    return Running(peer, child, setting, took, machine.memory(child.pid))


def settings(workshop, replicas, reply_bytes=1024, limit=0):
    """An endless supply of settings, each with ports of its own."""
    ports = Ports()
    cert, key, both = workshop.certificate()
    while True:
        plain, tls, admin = ports.take(), ports.take(), ports.take()
        yield Setting(workshop, plain, tls, admin, replicas, cert, key, both, reply_bytes, limit)


def order(running, number):
    """Who follows whom in a round: each is the first in its turn, and those that use another CPU come last.

    They leave the peers' CPU idle, and who comes first after them finds it cold.
    """
    on_the_cpu = [one for one in running if not one.peer.beside_load]
    beside = [one for one in running if one.peer.beside_load]
    first = (number - 1) % len(on_the_cpu) if on_the_cpu else 0
    return on_the_cpu[first:] + on_the_cpu[:first] + beside


class Contest:
    """The rounds of one run."""

    def __init__(self, workshop: Workshop, plan: Plan, load: Loads, farm: Farm, setting_supply):
        self.workshop = workshop
        self.plan = plan
        self.load = load
        self.farm = farm
        self.settings = setting_supply

    def scene(self, scene: Scene, peers):
        """Runs one scene and returns its figures."""
        if scene.overload:
            return self.overload(scene, peers)
        load = self.load.sized(scene.clients, scene.streams)
        contest = Contest(self.workshop, self.plan.of(scene), load, self.farm, self.settings)
        starts = self.plan.starts if scene.variants else 1
        return pooled([contest.compare(scene, peers) for _ in range(starts)])

    def overload(self, scene, peers):
        """Leaves it to bench/open-loop to ask for more than can be done."""
        cpus = self.plan.peer_cpus | self.plan.load_cpus
        routers = [peer.program for peer in peers if peer.name == scene.only]
        found = overload(self.workshop, scene.overload, routers[0], cpus, self.plan) if routers else {}
        return {"meaning": scene.meaning, "rate": 0, "peers": {}, "left_out": {}, "overload": found}

    def compare(self, scene: Scene, peers):
        """Starts all contestants, warms them up, measures them in turn, and stops them."""
        running = []
        for peer, variant in self.contestants(scene, peers, self.plan.rate):
            say(f"{scene.name}: {peer.name} {variant.name} starts and warms up".replace("  ", " "))
            running.append(self.start(scene, peer, variant))
            self.warm_up(scene.protocol, running[-1])
        rate, left_out = self.rate(scene, running)
        for one in [one for one in running if one.name in left_out]:
            say(f"{scene.name}: without {one.name}, which {left_out[one.name]}")
            one.child.stop(one.peer.stop_signal)
            running.remove(one)
        if rate and not self.plan.smoke:
            for one in running:
                self.ask(scene.protocol, one, self.settling_seconds(one.peer), rate)
        results = {one.name: [] for one in running}
        for number in range(1, self.plan.rounds + 1):
            for one in order(running, number):
                result = self.round(scene, one, rate)
                results[one.name].append(result)
                say(f"{scene.name} {number}/{self.plan.rounds} {one.name}: {brief(result)}")
        for one in running:
            one.child.stop(one.peer.stop_signal)
        return {
            "meaning": scene.meaning,
            "rate": rate,
            "left_out": left_out,
            "peers": {
                one.name: {
                    "start_seconds": one.start_seconds,
                    "idle": asdict(one.idle),
                    "rounds": [asdict(result) for result in results[one.name]],
                }
                for one in running
            },
        }

    @staticmethod
    def contestants(scene, peers, rate=""):
        """All peers; in a scene of variants Fairlead in each of them, if it is among the peers."""
        if not scene.variants:
            wanted = [peer for peer in peers if not peer.beside_load or scene.rate or rate]
            wanted = [peer for peer in wanted if scene.only in ("", peer.name)]
            return [(peer, Variant("")) for peer in wanted]
        return [(peer, variant) for peer in peers if peer.name == "fairlead" for variant in scene.variants]

    def start(self, scene, peer, variant):
        variant = variant.scaled(self.plan.smoke)
        reply = scene.reply or self.plan.reply
        _child, addresses = self.farm.get(variant.replicas or self.plan.replicas, reply)
        setting = replace(next(self.settings), replicas=addresses, reply_bytes=reply)
        setting = replace(setting, routes=variant.routes, contract=variant.contract)
        cpus = self.plan.load_cpus if peer.beside_load else self.plan.peer_cpus
        one = start(self.workshop, peer, setting, cpus)
        return replace(one, name=f"{peer.name} {variant.name}".strip(), idle_connections=variant.idle)

    def warm_up(self, protocol, one):
        """Gives the compiler of a JVM another CPU at first, and none but the peer's own at last.

        A rate in requests per second is kept here too: what a burst of load leaves in a heap is not that rate's.
        """
        self.load.greet(protocol, one.port(protocol), PATH, one.setting.contract.fields)
        if self.plan.smoke and one.peer.answers_when_cold:
            return
        rate = int(self.plan.rate) if self.plan.rate.isdigit() else 0
        last = 2
        if one.peer.compiles_while_running:
            last = min(LAST_WARM_UP_SECONDS, max(1, self.plan.warm_up // 2))
            machine.pin(one.child.pid, self.plan.peer_cpus | self.plan.load_cpus)
            self.ask(protocol, one, max(1, self.plan.warm_up - last), rate)
            machine.pin(one.child.pid, self.plan.peer_cpus)
        self.ask(protocol, one, last, rate)

    def ask(self, protocol, one, seconds, rate=0, idle=0):
        """Loads one contestant with requests as it wants them, and again if its connections were late."""
        return again_if_late(lambda: self.ask_once(protocol, one, seconds, rate, idle))

    def ask_once(self, protocol, one, seconds, rate, idle):
        return self.load.run(protocol, one.port(protocol), PATH, seconds, rate, idle, one.setting.contract.fields)

    def settling_seconds(self, peer):
        """Load at the rate that will be measured: a compiler finds other things hot at it, and the generator gets warm."""
        return max(LAST_WARM_UP_SECONDS, self.plan.warm_up // 3 if peer.compiles_while_running else 0)

    def rate(self, scene, running):
        """Requests per second to send, or 0 for as many as are answered; and who is too slow for it."""
        wanted = self.plan.rate
        if not wanted.endswith("%"):
            return int(wanted or 0), {}
        seconds, protocol = self.plan.seconds, scene.protocol
        most = {one.name: self.ask(protocol, one, seconds).good / seconds for one in running}
        rate, left_out = pace(most, float(wanted[:-1]))
        say(f"{scene.name}: {rate} requests/s, {wanted} of what the slowest of {', '.join(YARDSTICKS)} can do")
        return rate, left_out

    def round(self, scene, one, rate):
        """Measures once, or again while other things are busy; returns the quietest try."""
        tries = []
        while not tries or (tries[-1].foreign > self.plan.quiet and len(tries) < TRIES):
            if tries:
                say(f"{scene.name} {one.name}: again, other things took {tries[-1].foreign:.0%} of a CPU")
                time.sleep(5)
            with IdleConnections(one.setting.plain, one.idle_connections):
                tries.append(again_if_late(lambda: self.measure(scene.protocol, one, rate)))
        return min(tries, key=lambda result: result.foreign)

    def measure(self, protocol, one, rate):
        pid, seconds = one.child.pid, self.plan.seconds
        copies = one.peer.copies(one.setting)
        others, cpu, before = self.others(), machine.cpu_seconds(pid), machine.Usage.now()
        with self.strangers(protocol, rate) as told, self.wire(protocol, one, rate) as seen:
            load = self.ask_once(protocol, one, seconds, rate, one.idle_connections)
            cpu = machine.cpu_seconds(pid) - cpu
            roots = [pid, *self.farm.pids(), *self.load.pids(), *([seen.child.pid] if seen else [])]
            concerned = {process for root in roots for process in machine.tree(root)}
        others = self.others() - others
        after, memory = machine.Usage.now(), machine.memory(pid)
        copies = one.peer.copies(one.setting) - copies
        one.child.check()
        calls = seen.calls() if seen else []
        spared = list(told.spared(calls, concerned)) if told else []
        wall = after.at - before.at
        known = cpu + others + after.own - before.own
        return Result(
            requests_per_second=load.good / seconds,
            cpu_per_request=cpu * 1e6 / load.good if load.good else float("nan"),
            cpu_share=cpu / wall,
            p50=load.p50,
            p99=load.p99,
            p999=load.p999,
            late=load.late,
            wire_p99=quantile(wire.latencies(calls), 0.99) if calls else 0.0,
            undisturbed_p99=quantile(wire.latencies(spared), 0.99) if spared else 0.0,
            disturbed=1 - len(spared) / len(calls) if calls and told else 0.0,
            pss=memory.pss,
            rss=memory.rss,
            errors=load.bad if load.good else max(1, load.bad),
            foreign=max(0.0, after.busy - before.busy - known) / wall,
            steal=(after.steal - before.steal) / wall,
            copies=copies / load.good if load.good else 0.0,
        )

    def wire(self, protocol, one, rate):
        """What sees the packets of a round at a rate, where answers come in the order of requests; else nothing."""
        if rate and protocol == "h1" and wire.can_be_seen():
            return wire.Wire(self.workshop, one.port(protocol), self.plan.load_cpus)
        return contextlib.nullcontext()

    def strangers(self, protocol, rate):
        """What tells who has the CPUs in such a round, where it can be told."""
        if rate and protocol == "h1" and not self.plan.smoke and wire.can_be_seen() and strangers.can_be_told():
            return strangers.Strangers(self.workshop, self.plan.load_cpus)
        return contextlib.nullcontext()

    def others(self):
        """CPU time of what is known to run beside a peer, h2load excepted."""
        return self.farm.cpu_seconds() + self.load.cpu_seconds()


def pooled(runs):
    """One scene of several: what each contestant's start has shown is that of the last, the rounds are those of all."""
    last = runs[-1]
    names = [name for name in last["peers"] if all(name in run["peers"] for run in runs)]
    everything = {name: [one for run in runs for one in run["peers"][name]["rounds"]] for name in names}
    return last | {"peers": {name: last["peers"][name] | {"rounds": everything[name]} for name in names}}


def pace(most, percent):
    """The rate that is so much of what the slowest yardstick can do, and sentences on peers too slow for it."""
    able = [most[name] for name in YARDSTICKS if name in most] or [can for name, can in most.items() if name != "direct"]
    rate = max(1, int(min(able) * percent / 100))
    return rate, {name: f"can do {can:.0f} requests/s only" for name, can in most.items() if TOO_MUCH * can < rate}


def brief(result):
    return (
        f"{result.requests_per_second:.0f} requests/s, {result.cpu_per_request:.1f} µs of CPU each, "
        f"p99 {result.p99:.0f} µs, {result.errors} errors"
    )


def say(text):
    """Progress, which is not the report: on standard error."""
    print(text, file=sys.stderr, flush=True)
