"""The proxies that are compared, each with a fair configuration for one worker on one CPU.

Fair means: what its own documentation advises for speed, upstream connections kept alive, least
loaded replica where it can, no access log, `X-Forwarded-For` set, and limits out of the way.
"""

import json
import os
import re
import shlex
import signal
import urllib.request

from .envoy import Envoy
from .peer import ENDPOINT, MODEL_PATH, PATH, Peer
from .replicas import Direct


class Fairlead(Peer):
    """This project's router, as it is packaged."""

    name = "fairlead"
    version_option = "version"
    more_options = [
        *("--max-connections-per-listener", "20000"),  # the scene of idle connections needs more than usual
        *("--upstream-idle-seconds", "60"),  # as nginx keeps them, and others longer
    ]
    compiles_while_running = True
    holds_a_limit = True

    def command(self, setting):
        setting.workshop.write(f"manifests-{setting.plain}/bench.yaml", self.manifest(setting))
        listeners = {"http": setting.plain, "https": setting.tls, "admin": setting.admin}
        command = shlex.split(self.program) + ["serve", "--manifests", setting.workshop.path(f"manifests-{setting.plain}")]
        for option, port in listeners.items():
            command += [f"--{option}", f"127.0.0.1:{port}"]
        command += ["--tls-cert", setting.cert, "--tls-key", setting.key] + self.more_options
        return command + [option.format(replica=setting.replicas[0]) for option in setting.contract.options]

    @classmethod
    def manifest(cls, setting):
        others = [f"{ENDPOINT}-{number}" for number in range(1, setting.routes)]
        documents = [cls.endpoint(name, setting) for name in [ENDPOINT] + others] + [setting.contract.documents]
        return "---\n".join(filter(None, documents))

    @classmethod
    def endpoint(cls, name, setting):
        mirrored = setting.contract.mirrored
        mirror = ", mirrorTraffic: {green: 50}" if mirrored else ""
        deployments = [cls.deployment(name, color, setting) for color in ("blue", "green")[: 2 if mirrored else 1]]
        return f"""apiVersion: fairlead.dev/v1alpha1
kind: OnlineEndpoint
metadata: {{name: {name}}}
spec: {{{setting.contract.endpoint}, traffic: {{blue: 100}}{mirror}}}
---
""" + "---\n".join(deployments)

    @staticmethod
    def deployment(endpoint, name, setting):
        return f"""apiVersion: fairlead.dev/v1alpha1
kind: OnlineDeployment
metadata: {{name: {endpoint}-{name}}}
spec:
  name: {name}
  endpointName: {endpoint}
  addresses: {json.dumps(setting.replicas)}
  requestSettings: {{maxConcurrentRequestsPerInstance: {setting.limit}}}
"""

    def copies(self, setting):
        return copies(metrics(setting.admin)) if setting.contract.mirrored else 0


def metrics(port):
    """What the admin port of a router says of its meters."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def copies(meters):
    """How many copies of requests have been answered with 2xx, by those meters."""
    counts = re.findall(r'^fairlead_mirror_total\{[^}]*result="2xx"[^}]*\} (\S+)', meters, re.M)
    return sum(map(float, counts))


class Nginx(Peer):
    name = "nginx"

    def command(self, setting):
        shop = setting.workshop
        old = tuple(int(n) for n in re.findall(r"\d+", self.version())[:3]) < (1, 25, 1)
        temporary = " ".join(
            f"{kind}_temp_path {shop.path('nginx-' + kind)};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = f"""daemon off; worker_processes 1; pid {shop.path("nginx.pid")}; error_log stderr crit;
events {{ worker_connections 16384; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_buffer_size 1m; client_max_body_size 100m; {temporary}
  upstream model {{
    least_conn;
    {" ".join(f"server {replica};" for replica in setting.replicas)}
    keepalive 256; keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{setting.plain};
    listen 127.0.0.1:{setting.tls} ssl{" http2" if old else "; http2 on"};
    ssl_certificate {setting.cert}; ssl_certificate_key {setting.key}; ssl_protocols TLSv1.2 TLSv1.3;
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $remote_addr; proxy_buffers 16 16k;
    location = {PATH} {{ proxy_pass http://model{MODEL_PATH}; }}
  }}
}}
"""
        return shlex.split(self.program) + ["-p", shop.folder, "-c", shop.write("nginx.conf", config)]


class HAProxy(Peer):
    name = "haproxy"
    holds_a_limit = True
    keep_alive = ["option http-keep-alive", "http-reuse always"]

    def command(self, setting):
        limit = f" maxconn {setting.limit}" if setting.limit else ""
        lines = ["global", "nbthread 1", "maxconn 8192", "tune.h2.max-concurrent-streams 256"]
        lines += ["defaults", "mode http", "timeout connect 5s", "timeout client 60s", "timeout server 60s"]
        lines += self.keep_alive
        lines += ["frontend callers", f"bind 127.0.0.1:{setting.plain}"]
        lines += [f"bind 127.0.0.1:{setting.tls} ssl crt {setting.both} alpn h2,http/1.1"]
        lines += ["option forwardfor", f"use_backend model if {{ path {PATH} }}"]
        lines += ["backend model", "balance leastconn", f"http-request set-path {MODEL_PATH}"]
        lines += [f"server r{i} {replica}{limit}" for i, replica in enumerate(setting.replicas)]
        config = setting.workshop.write("haproxy.cfg", "\n".join(lines) + "\n")
        return shlex.split(self.program) + ["-db", "-f", config]


class Nghttpx(Peer):
    name = "nghttpx"
    version_option = "--version"

    def command(self, setting):
        lines = ["workers=1", "accesslog-file=/dev/null", "errorlog-file=/dev/null", "add-x-forwarded-for=yes"]
        lines += [f"frontend=127.0.0.1,{setting.plain};no-tls", f"frontend=127.0.0.1,{setting.tls}"]
        lines += [f"certificate-file={setting.cert}", f"private-key-file={setting.key}"]
        lines += [f"backend={replica.replace(':', ',')};;no-tls" for replica in setting.replicas]
        config = setting.workshop.write("nghttpx.conf", "\n".join(lines) + "\n")
        return shlex.split(self.program) + [f"--conf={config}"]


class OwnMain(Peer):
    """A small program around a proxy library, called as: PROGRAM PLAIN TLS CERT KEY REPLICA..."""

    version_option = "--version"

    def command(self, setting):
        ports = [str(setting.plain), str(setting.tls)]
        return shlex.split(self.program) + ports + [setting.cert, setting.key] + setting.replicas


class Pingora(OwnMain):
    name = "pingora"
    stop_signal = signal.SIGINT  # on SIGTERM it drains for minutes


class Vertx(OwnMain):
    name = "vertx"
    compiles_while_running = True
    answers_when_cold = False


class SpringCloudGateway(OwnMain):
    name = "gateway"
    compiles_while_running = True
    answers_when_cold = False


class Zuul(OwnMain):
    name = "zuul"
    compiles_while_running = True
    answers_when_cold = False


KINDS = {
    kind.name: kind
    for kind in (Fairlead, Nginx, HAProxy, Nghttpx, Envoy, Pingora, Vertx, SpringCloudGateway, Zuul, Direct)
}
BUILT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "peers", "target", "bin")
LAUNCHER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fairlead")


def program_of(name, named):
    """The command of a peer: as named by an option, by FAIRLEAD_BENCH_<PEER>, as bench/peers/build made it, or by default."""
    defaults = {Fairlead.name: os.path.normpath(LAUNCHER), Direct.name: "nginx"}
    built = os.path.join(BUILT, name)
    own = shlex.quote(built) if os.access(built, os.X_OK) else None
    return named.get(name) or os.environ.get(f"FAIRLEAD_BENCH_{name.upper()}") or own or defaults.get(name, name)


def choose(names, named, limit):
    """Splits the wanted peers into those that can run and sentences on those that cannot."""
    present, absent = [], {}
    for name in names:
        peer = KINDS[name](program_of(name, named))
        reason = peer.missing()
        if not reason and limit and not (peer.holds_a_limit or peer.beside_load):
            reason = "has no queue behind a limit per replica"
        if reason:
            absent[name] = reason
        else:
            present.append(peer)
    return present, absent
