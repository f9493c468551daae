"""A real kube-apiserver with its etcd, and how its objects are written."""

import concurrent.futures
import http.client
import json
import os
import secrets
import ssl
import subprocess
import threading
import urllib.parse

from .processes import Ports, Workshop, wait_until

FINDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "dev", "kube-assets")
HOST = "127.0.0.1"
PATIENCE = 30  # seconds for an answer
ROUTER_USER = "fairlead"  # whose questions are in the audit log
JSON = "application/json"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
WRITERS = 8  # that write many objects at once

AUDIT_POLICY = f"""apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  users: [{ROUTER_USER}]
  verbs: [list]
- level: None
"""


def assets():
    """The folder of etcd and kube-apiserver, or None; and what is missing."""
    found = subprocess.run([FINDER, "--find", "etcd", "kube-apiserver"], capture_output=True, text=True)
    return found.stdout.strip() or None, found.stderr.strip()


class Cluster:
    """An etcd, and the API servers that have it in common; each with the same users."""

    def __init__(self, workshop: Workshop, folder, cpus):
        self.workshop = workshop
        self.folder = folder
        self.cpus = cpus
        self.ports = Ports(21000)
        self.tokens = {"admin": secrets.token_hex(16), ROUTER_USER: secrets.token_hex(16)}
        lines = [f"{token},{user},{user},system:masters" for user, token in self.tokens.items()]
        self.users = workshop.write("tokens.csv", "\n".join(lines) + "\n")
        os.chmod(self.users, 0o600)
        self.policy = workshop.write("audit-policy.yaml", AUDIT_POLICY)
        self.key = workshop.path("service-accounts.pem")
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], check=True, capture_output=True)
        self.etcd = f"http://{HOST}:{self.ports.take()}"
        self.start_etcd()

    def start_etcd(self):
        peer = f"http://{HOST}:{self.ports.take()}"
        command = [os.path.join(self.folder, "etcd"), f"--data-dir={self.workshop.path('etcd')}", "--unsafe-no-fsync"]
        command += [f"--{kind}-client-urls={self.etcd}" for kind in ("listen", "advertise")]
        command += [f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}"]
        child = self.workshop.spawn("etcd", command, self.cpus)
        address = urllib.parse.urlsplit(self.etcd)
        wait_until(lambda: plain_get(address.hostname, address.port, "/health")[0] == 200, child, "the health of etcd")

    def server(self, name):
        """Another API server, not started yet."""
        return ApiServer(self, name, self.ports.take())


class ApiServer:
    """One API server, which can be killed and started again at the same address."""

    def __init__(self, cluster: Cluster, name, port):
        self.cluster = cluster
        self.name = name
        self.port = port
        self.folder = cluster.workshop.path(f"{name}-certificates")
        self.audit = cluster.workshop.path(f"{name}-audit.log")
        self.child = None

    @property
    def certificate(self):
        return os.path.join(self.folder, "apiserver.crt")

    def start(self):
        """Starts it and waits until it says that it is ready."""
        self.launch()
        client = self.client()
        wait_until(lambda: client.ask("GET", "/readyz")[0] == 200, self.child, "the API server")
        wait_until(lambda: client.ask("GET", "/api/v1/namespaces/default")[0] == 200, self.child, "a namespace")

    def launch(self):
        """Starts it and waits until its certificate is there."""
        cluster = self.cluster
        command = ["nice", "-n", "19", os.path.join(cluster.folder, "kube-apiserver"), f"--etcd-servers={cluster.etcd}"]
        command += [f"--bind-address={HOST}", f"--advertise-address={HOST}", "--endpoint-reconciler-type=none"]
        command += [f"--secure-port={self.port}", f"--cert-dir={self.folder}", f"--token-auth-file={cluster.users}"]
        command += ["--authorization-mode=RBAC", "--service-account-issuer=https://kubernetes.default.svc"]
        command += [f"--service-account-key-file={cluster.key}", f"--service-account-signing-key-file={cluster.key}"]
        command += ["--service-cluster-ip-range=10.96.0.0/16", "--disable-admission-plugins=ServiceAccount"]
        command += ["--profiling=false", f"--audit-policy-file={cluster.policy}", f"--audit-log-path={self.audit}"]
        self.child = cluster.workshop.spawn(self.name, command, cluster.cpus)
        wait_until(lambda: os.path.getsize(self.certificate) > 0, self.child, "the certificate")

    def kill(self):
        """Ends it without a word to anybody; what it knows is in etcd."""
        self.child.stop(9)

    def client(self, user="admin"):
        """A connection of a user, for one thread."""
        return Client(self.port, self.certificate, self.cluster.tokens[user])

    def kubeconfig(self, namespace):
        """The file that leads the router here."""
        address = f"https://{HOST}:{self.port}"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "bench", "cluster": {"server": address, "certificate-authority": self.certificate}}],
            "users": [{"name": "bench", "user": {"token": self.cluster.tokens[ROUTER_USER]}}],
            "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench", "namespace": namespace}}],
            "current-context": "bench",
        }
        path = self.cluster.workshop.write(f"{self.name}-kubeconfig", json.dumps(config))
        os.chmod(path, 0o600)
        return path


class Client:
    """A connection to an API server that is opened again when it is lost; for one thread."""

    def __init__(self, port, certificate, token):
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}", "Accept": JSON}
        self.tls = ssl.create_default_context(cafile=certificate)
        self.connection = None

    def ask(self, method, path, body=None, content_type=JSON):
        """Sends a text, or what becomes JSON. Status and what was answered, decoded where it is JSON; or OSError."""
        headers = dict(self.headers, **({"Content-Type": content_type} if body is not None else {}))
        text = json.dumps(body) if isinstance(body, dict) else body
        for is_last in (self.connection is None, True):  # one that was kept may be closed by now
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPSConnection(HOST, self.port, timeout=PATIENCE, context=self.tls)
                self.connection.request(method, path, text, headers)
                answer = self.connection.getresponse()
                said = answer.read()
                return answer.status, json.loads(said) if said[:1] == b"{" else said.decode(errors="replace")
            except (OSError, http.client.HTTPException) as e:
                self.connection.close()
                self.connection = None
                if is_last:
                    raise OSError(f"{method} {path}: {e}") from e
        raise AssertionError("not reached")

    def write(self, method, path, body, content_type=JSON):
        """Writes an object; ends this program if that is refused."""
        status, answer = self.ask(method, path, body, content_type)
        if status not in (200, 201):
            message = answer.get("message") if isinstance(answer, dict) else answer
            raise SystemExit(f"{method} {path}: {status} {message} (expected: 200 or 201)")
        return answer


def plain_get(host, port, path):
    """Status and text of one GET over plain HTTP."""
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def write_all(server, writes, said=None):
    """Makes many writes, each (method, path, body, content type), over a few connections at once."""
    own = threading.local()

    def one(write):
        if not hasattr(own, "client"):
            own.client = server.client()
        own.client.write(*write)

    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        for number, _ in enumerate(pool.map(one, writes), 1):
            if said and number % 500 == 0:
                said(number)
