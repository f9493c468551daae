"""The objects of a cluster full of models: endpoints, deployments, their Secrets and their pods."""

import base64
from dataclasses import dataclass

from .kubernetes import JSON, MERGE

NAMESPACE = "bench"
GROUP = f"/apis/fairlead.dev/v1alpha1/namespaces/{NAMESPACE}"
CORE = f"/api/v1/namespaces/{NAMESPACE}"
DEPLOYMENT = "blue"
LIMIT = 8  # requests at one replica


def endpoint_name(number):
    return f"model-{number}"


def endpoint(number, port):
    """What makes an endpoint: the first lets everybody in, the others have a key each."""
    name = endpoint_name(number)
    api = {"apiVersion": "fairlead.dev/v1alpha1"}
    access = {"authMode": "Key", "authSecretRef": {"name": f"{name}-keys"}} if number else {"authMode": "None"}
    spec = access | {"traffic": {DEPLOYMENT: 100}}
    deployment = {"name": DEPLOYMENT, "endpointName": name, "scoring": {"port": port}}
    deployment["requestSettings"] = {"maxConcurrentRequestsPerInstance": LIMIT}
    writes = [
        ("POST", f"{GROUP}/onlineendpoints", api | {"kind": "OnlineEndpoint", "metadata": {"name": name}, "spec": spec}),
        (
            "POST",
            f"{GROUP}/onlinedeployments",
            api | {"kind": "OnlineDeployment", "metadata": {"name": f"{name}-{DEPLOYMENT}"}, "spec": deployment},
        ),
    ]
    if number:
        key = base64.b64encode(f"{name}-".ljust(32, "k").encode()).decode()
        data = {"primaryKey": key, "secondaryKey": key}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": f"{name}-keys"}, "data": data}
        writes.append(("POST", f"{CORE}/secrets", secret))
    return [write + (JSON,) for write in writes]


@dataclass(frozen=True)
class Pods:
    """Pods with one name before their number, dealt out to so many endpoints; to none if that is 0."""

    prefix: str
    endpoints: int

    def create(self, number):
        """The write that makes a pod."""
        return ("POST", f"{CORE}/pods", pod(f"{self.prefix}-{number}", self.labels(number)), JSON)

    def labels(self, number):
        if not self.endpoints:
            return {"app": "other"}
        name = endpoint_name(number % self.endpoints)
        return {"app": name, "ml.azure.com/endpoint-name": name, "ml.azure.com/deployment-name": DEPLOYMENT}

    def ready(self, number, is_ready):
        """The write that makes a pod ready or not: what a kubelet would say of it."""
        conditions = [
            {"type": kind, "status": status, "lastTransitionTime": "2026-01-01T00:00:00Z"}
            for kind, status in (
                ("Initialized", "True"),
                ("PodScheduled", "True"),
                ("ContainersReady", str(is_ready)),
                ("Ready", str(is_ready)),
            )
        ]
        ip = address(number)
        status = {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}], "hostIP": "10.0.0.1", "conditions": conditions}
        return ("PATCH", f"{CORE}/pods/{self.prefix}-{number}/status", {"status": status}, MERGE)


def address(number):
    """Where the replica in a pod listens, if one does: a loopback address of its own."""
    return f"127.0.{number // 200}.{10 + number % 200}"


def pod(name, labels):
    """A pod as a model server's usually is: about 8 kB as the API server tells it, most of which no router needs."""
    model = {
        "name": "inference-server",
        "image": "registry.example.com/models/inference-server@sha256:" + "0123456789abcdef" * 4,
        "args": ["--model-dir", "/var/azureml-app/azureml-models", "--workers", "1"],
        "ports": [{"name": "http", "containerPort": 5001}],
        "env": [{"name": f"MODEL_SETTING_{i}", "value": f"value-of-setting-{i}-of-this-model"} for i in range(40)],
        "resources": {"requests": {"cpu": "600m", "memory": "1536Mi"}, "limits": {"cpu": "600m", "memory": "1536Mi"}},
        "volumeMounts": [{"name": f"volume-{i}", "mountPath": f"/var/azureml-app/{i}"} for i in range(6)],
    }
    for probe, path in (("readinessProbe", "/"), ("livenessProbe", "/")):
        model[probe] = {"httpGet": {"path": path, "port": "http"}, "periodSeconds": 10, "failureThreshold": 3}
    spec = {
        "schedulerName": "none",
        "containers": [model, {"name": "sidecar", "image": "registry.example.com/logs/collector:1.2.3", "env": model["env"][:10]}],
        "volumes": [{"name": f"volume-{i}", "emptyDir": {}} for i in range(6)],
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    }
    annotations = {f"models.example.com/note-{i}": "what somebody wanted to be known of this pod" for i in range(10)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels, "annotations": annotations},
        "spec": spec,
    }
