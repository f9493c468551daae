"""What a proxy under test is: a program, a configuration, and how to treat it."""

import re
import shlex
import shutil
import signal
import subprocess
from dataclasses import dataclass

from .contract import DEFAULT, Contract
from .processes import Workshop

ENDPOINT = "bench"
PATH = f"/api/v1/endpoint/{ENDPOINT}/score"
MODEL_PATH = "/score"


@dataclass(frozen=True)
class Setting:
    """What every peer is given: where to listen, where to send, and how much at once."""

    workshop: Workshop
    plain: int
    tls: int
    admin: int  # for a peer that has such a port
    replicas: list
    cert: str
    key: str
    both: str
    reply_bytes: int = 1024  # for `direct`, which is a replica itself
    limit: int = 0  # requests in flight at one replica; 0 for no limit
    routes: int = 1  # endpoints, of which one is asked
    contract: Contract = DEFAULT  # of Fairlead alone


class Peer:
    """A proxy that can be started. `command` writes what files it needs."""

    name = ""
    version_option = "-v"
    compiles_while_running = False  # a JVM: needs a longer warm-up, and another CPU for its compiler
    answers_when_cold = True  # at least something in its first second of load
    holds_a_limit = False  # can queue what is beyond a limit per replica
    beside_load = False  # runs on the CPU of the load and the replicas, as a replica does
    stop_signal = signal.SIGTERM

    def __init__(self, program):
        self.program = program
        self.environment = {}  # beside this program's own

    def missing(self):
        """Why it cannot be started, or None."""
        first = shlex.split(self.program)[0]
        return None if shutil.which(first) else f"no program {first}"

    def version(self):
        """The first thing it says of itself that looks like a version."""
        command = shlex.split(self.program) + [self.version_option]
        try:
            said = subprocess.run(command, capture_output=True, text=True, timeout=600)  # the first call builds
        except subprocess.TimeoutExpired:
            return "unknown"
        if said.returncode:
            return "unknown"
        found = re.search(r"\d+\.\d+[-.\w]*", said.stdout + said.stderr)
        return found.group(0) if found else "unknown"

    def command(self, setting):
        """Returns the command line that starts it."""
        raise NotImplementedError

    def copies(self, setting):
        """How many copies of requests it has sent to a mirror so far."""
        return 0
