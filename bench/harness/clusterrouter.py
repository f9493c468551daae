"""A router in the service of a cluster, and what it lets be seen of itself."""

import calendar
import json
import os
import re
import shlex
import subprocess
import time

from . import machine
from .kubernetes import plain_get
from .processes import Workshop

HOST = "127.0.0.1"
PATIENCE = 120  # seconds until it serves
LISTED = ("onlineendpoints", "onlinedeployments", "pods")
APPLIED = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})Z .*cluster applied: (\d+) endpoints", re.M)


class Router:
    """One router, started; its ports are open once there is something to serve."""

    def __init__(self, workshop: Workshop, program, kubeconfig, namespace, ports, cpus):
        self.http, self.admin = ports.take(), ports.take()
        command = shlex.split(program) + ["serve", "--kubernetes", "--kubeconfig", kubeconfig, "--namespace", namespace]
        command += ["--http", f"{HOST}:{self.http}", "--admin", f"{HOST}:{self.admin}"]
        self.began = time.time()
        self.child = workshop.spawn("router", command, cpus)

    def applied(self, endpoints):
        """Waits for the first snapshot with so many endpoints; returns when that was, as its log says."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for stamp, millis, count in APPLIED.findall(self.said()):
                if int(count) == endpoints:
                    return calendar.timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%S")) + int(millis) / 1000
            self.child.check()
            time.sleep(0.05)  # it has its CPU to itself
        raise SystemExit(f"router: {endpoints} endpoints were not served within {PATIENCE} s:\n{self.said()[-2000:]}")

    def said(self):
        with open(self.child.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def is_ready(self):
        return plain_get(HOST, self.admin, "/readyz")[0] == 200

    def samples(self):
        """Every sample of a scrape, by its series."""
        return samples(plain_get(HOST, self.admin, "/metrics")[1])

    def snapshots(self):
        """How many it has published."""
        return self.samples().get('fairlead_reloads_total{result="accepted",what="kubernetes"}', 0.0)

    def ready_replicas(self):
        """How many replicas it would send requests to."""
        return sum(
            value for series, value in self.samples().items() if series.startswith("fairlead_replicas{") and 'state="ready"' in series
        )

    def silence(self):
        """Seconds since it has heard the API server."""
        return self.samples()["fairlead_kubernetes_last_event_age_seconds"]

    def cpu_seconds(self):
        return machine.cpu_seconds(self.child.pid)

    def live_heap(self):
        """Bytes of the objects that are left after a full collection."""
        pid = machine.tree(self.child.pid)[-1]
        jcmd = os.path.join(os.path.dirname(os.readlink(f"/proc/{pid}/exe")), "jcmd")
        found = subprocess.run([jcmd, str(pid), "GC.class_histogram"], capture_output=True, text=True, check=True)
        return int(re.search(r"^Total\s+\d+\s+(\d+)", found.stdout, re.M)[1])

    def stop(self):
        self.child.stop()


def samples(text):
    """The samples of a scrape in the text format, by their series."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            series, _, rest = line.rpartition("} ") if "} " in line else line.partition(" ")
            found[series + "}" if "} " in line else series] = float(rest.split(" ")[0])
    return found


def answers(audit, since):
    """When each list was asked for and answered since then, of the lines of an audit log: seconds of Unix time."""
    found = []
    for line in audit.splitlines():
        event = json.loads(line)
        asked, answered = (seconds(event[key]) for key in ("requestReceivedTimestamp", "stageTimestamp"))
        if event["objectRef"].get("resource") in LISTED and event["stage"] == "ResponseComplete" and asked >= since:
            found.append((asked, answered))
    return found


def seconds(stamp):
    """Unix time of 2026-01-01T00:00:00.123456Z."""
    whole, _, rest = stamp.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{rest or 0}")
