"""Model replicas that cost next to nothing: one nginx that gives a fixed reply on several addresses."""

import shlex

from . import machine
from .peer import Peer
from .processes import is_free, score, wait_until

WORD = 2048  # nginx takes no word longer than 4 KiB, so a long reply repeats a variable (to 3 MiB)


class Farm:
    """Replicas by how many and how long their reply is, started when first asked for."""

    def __init__(self, workshop, port, cpus):
        self.workshop = workshop
        self.port = port
        self.cpus = cpus
        self.started = {}

    def get(self, count, reply_bytes):
        """Their process and their addresses."""
        wanted = (count, reply_bytes)
        if wanted not in self.started:
            port = self.port + len(self.started)
            self.started[wanted] = start(self.workshop, count, port, reply_bytes, self.cpus)
        return self.started[wanted]

    def pids(self):
        """The processes of all of them."""
        return [child.pid for child, _addresses in self.started.values()]

    def cpu_seconds(self):
        """CPU time of all of them."""
        return sum(machine.cpu_seconds(child.pid) for child, _addresses in self.started.values())


def start(workshop, count, port, reply_bytes, cpus):
    """Starts the replicas; returns their process and their addresses."""
    addresses = [f"127.0.{i // 200}.{10 + i % 200}:{port}" for i in range(count)]
    return serve(workshop, addresses, port, reply_bytes, cpus), addresses


def serve(workshop, addresses, port, reply_bytes, cpus):
    """Starts replicas at given addresses, all with one port; returns their process."""
    taken = [address for address in addresses if not is_free(address.partition(":")[0], port)]
    if taken:
        raise SystemExit(f"replicas: {', '.join(taken)} in use (expected: free)")
    listen = " ".join(f"listen {address} backlog=4096;" for address in addresses)
    config = write_config(workshop, f"replicas-{port}", listen, reply_bytes)
    child = workshop.spawn("replicas", ["nginx", "-p", workshop.folder, "-c", config], cpus)
    for address in (addresses[0], addresses[-1]):
        host, _, number = address.partition(":")
        wait_until(lambda: score(host, int(number), "/score"), child, f"an answer of {address}")
    return child


def write_config(workshop, name, listen, reply_bytes):
    """Writes the configuration of an nginx that answers everything with so many bytes."""
    temporary = " ".join(
        f"{kind}_temp_path {workshop.path(f'{name}-{kind}')};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    reply = "$w" * (reply_bytes // WORD) + "y" * (reply_bytes % WORD)
    return workshop.write(
        f"{name}.conf",
        f"""daemon off; worker_processes 1; pid {workshop.path(f"{name}.pid")}; error_log stderr crit;
events {{ worker_connections 16384; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 1h;
  client_body_buffer_size 1m; client_max_body_size 0; {temporary}
  server {{
    {listen}
    default_type application/json;
    set $w "{"x" * WORD}";
    location / {{ return 200 "{reply}"; }}
  }}
}}
""",
    )


class Direct(Peer):
    """No proxy at all: a replica asked by the caller itself, to tell what a proxy adds."""

    name = "direct"
    beside_load = True

    def command(self, setting):
        listen = f"listen 127.0.0.1:{setting.plain}; listen 127.0.0.1:{setting.tls} ssl http2; "
        listen += f"ssl_certificate {setting.cert}; ssl_certificate_key {setting.key};"
        config = write_config(setting.workshop, "direct", listen, setting.reply_bytes)
        return shlex.split(self.program) + ["-p", setting.workshop.folder, "-c", config]
