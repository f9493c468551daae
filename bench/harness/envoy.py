"""Envoy and its configuration."""

import json
import shlex

from .peer import MODEL_PATH, PATH, Peer


class Envoy(Peer):
    name = "envoy"
    version_option = "--version"

    def command(self, setting):
        config = setting.workshop.write("envoy.json", json.dumps(self.bootstrap(setting), indent=1))
        options = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "error"]
        return shlex.split(self.program) + ["-c", config] + options

    def bootstrap(self, setting):
        plain = {"filters": [self.connection_manager()]}
        secured = {**plain, "transport_socket": self.tls_socket(setting)}
        listeners = [("plain", setting.plain, plain), ("tls", setting.tls, secured)]
        return {
            "static_resources": {
                "listeners": [
                    {"name": name, "address": self.address(f"127.0.0.1:{port}"), "filter_chains": [chain]}
                    for name, port, chain in listeners
                ],
                "clusters": [self.cluster(setting.replicas)],
            }
        }

    def connection_manager(self):
        action = {"cluster": "model", "timeout": "60s", "prefix_rewrite": MODEL_PATH}
        route = {"match": {"path": PATH}, "route": action}
        router = self.extension("filters.http.router.v3.Router", suppress_envoy_headers=True, dynamic_stats=False)
        manager = self.extension(
            "filters.network.http_connection_manager.v3.HttpConnectionManager",
            stat_prefix="callers",
            use_remote_address=True,
            generate_request_id=False,
            server_header_transformation="PASS_THROUGH",
            http2_protocol_options={"max_concurrent_streams": 256},
            route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
            http_filters=[{"name": "envoy.filters.http.router", "typed_config": router}],
        )
        return {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}

    def tls_socket(self, setting):
        pair = {"certificate_chain": {"filename": setting.cert}, "private_key": {"filename": setting.key}}
        common = {"alpn_protocols": ["h2", "http/1.1"], "tls_certificates": [pair]}
        context = self.extension("transport_sockets.tls.v3.DownstreamTlsContext", common_tls_context=common)
        return {"name": "envoy.transport_sockets.tls", "typed_config": context}

    def cluster(self, replicas):
        endpoints = [{"endpoint": {"address": self.address(replica)}} for replica in replicas]
        most = {"max_connections": 8192, "max_pending_requests": 8192, "max_requests": 8192}
        return {
            "name": "model",
            "type": "STATIC",
            "lb_policy": "LEAST_REQUEST",
            "connect_timeout": "5s",
            "circuit_breakers": {"thresholds": [most]},
            "load_assignment": {"cluster_name": "model", "endpoints": [{"lb_endpoints": endpoints}]},
        }

    @staticmethod
    def address(host_port):
        host, _, port = host_port.partition(":")
        return {"socket_address": {"address": host, "port_value": int(port)}}

    @staticmethod
    def extension(kind, **fields):
        return {"@type": f"type.googleapis.com/envoy.extensions.{kind}", **fields}
