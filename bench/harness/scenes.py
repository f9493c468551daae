"""What the peers are compared at: a protocol, a load, a size of reply; or Fairlead with little and with much."""

import resource
import socket
from dataclasses import dataclass

from .peer import PATH

ANSWER_SECONDS = 30

# The router takes callers' connections up to 45 % of its descriptors: beyond, it would refuse those of the load.
IDLE = min(10_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] * 2 // 5)


@dataclass(frozen=True)
class Variant:
    """Fairlead with much of something; the scene's other contestant is Fairlead with little of it."""

    name: str
    routes: int = 1
    replicas: int = 0  # 0: as many as the run has
    idle: int = 0  # connections that were used once and stay open

    def scaled(self, smoke):
        """The same with a twentieth of everything, for a run in which only errors matter."""
        if not smoke:
            return self
        few = {what: max(1, getattr(self, what) // 20) for what in ("routes", "replicas", "idle") if getattr(self, what)}
        return Variant(self.name, **few)


@dataclass(frozen=True)
class Scene:
    name: str
    meaning: str
    protocol: str = "h1"
    rate: str = ""  # as --rate; empty: what the run says
    reply: int = 0  # bytes; 0: what the run says
    variant: Variant | None = None
    clients: int = 0  # connections; 0: what the run says
    streams: int = 0  # on one of them, in h2; 0: what the run says
    only: str = ""  # the one peer that takes part; empty: all
    often: int = 1  # so many times the rounds, each half as long: for figures that one hiccup spoils
    overload: tuple = ()  # scenes of bench/open-loop, which are run instead


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
        Scene("routes", "Fairlead with 1 000 routes and with one", variant=Variant("many routes", routes=1000)),
        Scene("replicas", "Fairlead with 1 000 replicas and with few", variant=Variant("many replicas", replicas=1000)),
        Scene(
            "idle",
            f"Fairlead with {IDLE} idle connections and with none; 10 000 where a process may open 25 000 files",
            variant=Variant("many idle", idle=IDLE),
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
