"""What an endpoint of Fairlead may ask and do besides sending requests on, as configurations to compare."""

from dataclasses import dataclass

KEY = "bench-key-hx3BIQG0P3wbGUM3SuJ9Gpj1SPFo1XAJ7dTkwLm1"
QUIET = ("--access-log", "off", "--decision-samples-per-second", "0")
SECRET = f"""apiVersion: v1
kind: Secret
metadata: {{name: bench-keys}}
stringData: {{primaryKey: another-{KEY}, secondaryKey: {KEY}}}
"""


@dataclass(frozen=True)
class Contract:
    """Fields of every endpoint, options of the router, and what a caller has to send."""

    endpoint: str = "authMode: None"  # fields of its spec beside the traffic
    options: tuple = ()  # {replica} in one is the address of a replica
    fields: tuple = ()  # of the head of each request
    documents: str = ""  # manifests beside the endpoints
    mirrored: bool = False  # half of the requests, to a deployment with the same replicas


DEFAULT = Contract()
BARE = Contract(options=QUIET)
KEYS = Contract(
    "authSecretRef: {name: bench-keys}", options=("--access-log", "stderr"), fields=(f"authorization: Bearer {KEY}",), documents=SECRET
)
MIRROR = Contract(options=QUIET, mirrored=True)
EVERY_RECORD = Contract(options=("--access-log", "off", "--decision-samples-per-second", "1000000"))
TEN_RECORDS = Contract(options=("--access-log", "off"))
PARENT = Contract(options=QUIET, fields=("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",))
RULES = Contract(
    "authMode: None, cors: {origins: ['https://app.example.com']}, rateLimit: {requestsPerSecond: 1000000, burst: 1000000}",
    options=QUIET,
    fields=("origin: https://app.example.com", "x-request-timeout-ms: 4000"),
)


def spans(share):
    """Spans of such a share of the requests, sent to a collector: a replica takes them as well as any."""
    return Contract(options=QUIET + ("--otlp-endpoint", "http://{replica}", "--trace-sample", str(share)))
