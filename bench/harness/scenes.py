"""What the peers are compared at: a protocol, a load, a size of reply; or Fairlead with little and with much."""

import resource
import socket
from dataclasses import dataclass, replace

from . import contract
from .contract import Contract
from .peer import PATH

ANSWER_SECONDS = 30

# The router takes callers' connections up to 45 % of its descriptors: beyond, it would refuse those of the load.
IDLE = min(10_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] * 2 // 5)


@dataclass(frozen=True)
class Variant:
    """Fairlead as one scene has it, beside others: with much of something, or with more to do for each request."""

    name: str
    routes: int = 1
    replicas: int = 0  # 0: as many as the run has
    idle: int = 0  # connections that were used once and stay open
    contract: Contract = contract.DEFAULT

    def scaled(self, smoke):
        """The same with a twentieth of everything, for a run in which only errors matter."""
        if not smoke:
            return self
        few = {what: max(1, getattr(self, what) // 20) for what in ("routes", "replicas", "idle") if getattr(self, what)}
        return replace(self, **few)


@dataclass(frozen=True)
class Scene:
    name: str
    meaning: str
    protocol: str = "h1"
    rate: str = ""  # as --rate; empty: what the run says
    reply: int = 0  # bytes; 0: what the run says
    variants: tuple = ()  # of Fairlead, which is compared with the first of them; empty: all peers as they are
    clients: int = 0  # connections; 0: what the run says
    streams: int = 0  # on one of them, in h2; 0: what the run says
    only: str = ""  # the one peer that takes part; empty: all
    often: int = 1  # so many times the rounds, each half as long: for figures that one hiccup spoils
    overload: tuple = ()  # scenes of bench/open-loop, which are run instead


def beside(*others, base=Variant("")):
    """Contestants of which the first is what the others are compared with."""
    return (base, *others)


QUIET = Variant("", contract=contract.BARE)

SCENES = {
    scene.name: scene
    for scene in (
        Scene("h1", "cleartext HTTP/1.1"),
        Scene("tls1", "TLS + HTTP/1.1", "tls1"),
        Scene("h2", "TLS + HTTP/2", "h2"),
        Scene("h2-100", "TLS + HTTP/2, 4 connections of 100 streams", "h2", clients=4, streams=100),
        Scene("h1-64k", "cleartext HTTP/1.1, replies of 64 KiB", reply=65536),
        Scene("h1-25", "cleartext HTTP/1.1 at 25% load", rate="25%", often=3),
        Scene("h1-70", "cleartext HTTP/1.1 at 70% load", rate="70%", often=3),
        Scene("routes", "Fairlead with 1 000 routes and with one", variants=beside(Variant("many routes", routes=1000))),
        Scene("replicas", "Fairlead with 1 000 replicas and with few", variants=beside(Variant("many replicas", replicas=1000))),
        Scene(
            "idle",
            f"Fairlead with {IDLE} idle connections and with none; 10 000 where a process may open 25 000 files",
            variants=beside(Variant("many idle", idle=IDLE)),
        ),
        Scene(
            "keys",
            "Fairlead with keys, 20 endpoints, decision records and access log of failures, and without",
            variants=beside(Variant("keys", routes=20, contract=contract.KEYS), base=QUIET),
        ),
        Scene(
            "mirror",
            "Fairlead that copies half of the requests to a mirror, and that does not",
            variants=beside(Variant("mirror", contract=contract.MIRROR), base=QUIET),
        ),
        Scene(
            "records",
            "Fairlead without decision records of successes, with ten per second (the default), and with all",
            variants=beside(
                Variant("ten records", contract=contract.TEN_RECORDS),
                Variant("every record", contract=contract.EVERY_RECORD),
                base=QUIET,
            ),
        ),
        Scene(
            "traces",
            "Fairlead that passes a caller's trace on, that sends spans of 1% and of all requests, and without",
            variants=beside(
                Variant("traceparent", contract=contract.PARENT),
                Variant("spans of 1%", contract=contract.spans(0.01)),
                Variant("every span", contract=contract.spans(1)),
                base=QUIET,
            ),
        ),
        Scene(
            "rules",
            "Fairlead with CORS, a rate limit and deadlines of callers, and without",
            variants=beside(Variant("rules", contract=contract.RULES), base=QUIET),
        ),
        Scene("memory", "Fairlead's memory at 10 000 requests/s", rate="10000", only="fairlead"),
        Scene(
            "goodput",
            "Fairlead at three times the capacity of its models, and at three times its own",
            only="fairlead",
            overload=("overload", "overload-router"),
        ),
    )
}


class IdleConnections:
    """Connections that got one answer each and are then left alone; for a `with` statement."""

    def __init__(self, port, count):
        self.port = port
        self.count = count
        self.sockets = []

    def __enter__(self):
        request = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}".encode()
        try:
            for _ in range(self.count):
                connection = socket.create_connection(("127.0.0.1", self.port), ANSWER_SECONDS)
                self.sockets.append(connection)
                connection.sendall(request)
                answer = connection.recv(4096)
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise SystemExit(f"idle connection {len(self.sockets)}: {answer[:40]} (expected: 200)")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for connection in self.sockets:
            connection.close()
        self.sockets.clear()
