package io.fairlead.router.metrics;

import io.fairlead.router.control.ProxyEvent;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every meter: its name as scraped, its tags and what it means. {@code docs/METRICS.md} is this
 * table. Values of tags come from the resources, from {@code RouterError} or from the code, never
 * from a request.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies that cannot change
enum Meter {
  REQUESTS(
      Kind.COUNTER,
      "fairlead_requests_total",
      "Requests that got their one answer; code is none where the caller left before it, reason is"
          + " empty where the model answered.",
      "endpoint",
      "deployment",
      "code",
      "reason"),
  REQUEST_DURATION(
      Kind.HISTOGRAM,
      "fairlead_request_duration_seconds",
      "From the complete head of a request to the last byte of its answer.",
      "endpoint",
      "deployment",
      "code_class"),
  QUEUE_DURATION(
      Kind.HISTOGRAM,
      "fairlead_queue_duration_seconds",
      "Wait for a slot, of requests that waited or were sent to a model.",
      "endpoint",
      "deployment",
      "code_class"),
  UPSTREAM_DURATION(
      Kind.HISTOGRAM,
      "fairlead_upstream_duration_seconds",
      "From asking for a connection to the model to the last byte of its response.",
      "endpoint",
      "deployment",
      "code_class"),
  OVERHEAD(
      Kind.HISTOGRAM,
      "fairlead_overhead_seconds",
      "What is left of a request's duration without receiving its body, waiting for a slot and the"
          + " model: the router's own share, and that of a caller who reads slowly.",
      "endpoint",
      "deployment",
      "code_class"),
  TIME_TO_FIRST_BYTE(
      Kind.HISTOGRAM,
      "fairlead_time_to_first_byte_seconds",
      "From the complete head of a request to the first byte of its response, where that streams:"
          + " its length is not known in advance.",
      "endpoint",
      "deployment"),
  STREAM_EVENTS(
      Kind.COUNTER,
      "fairlead_stream_events_total",
      "Events of responses that are event streams and not compressed.",
      "endpoint",
      "deployment"),
  STREAM_EVENT_GAP(
      Kind.HISTOGRAM,
      "fairlead_stream_event_gap_seconds",
      "Time between two events of one response; those that come together have none.",
      "endpoint",
      "deployment"),
  MIRRORED(
      Kind.COUNTER,
      "fairlead_mirror_total",
      "Copies of live requests for a mirror deployment, which fairlead_requests_total does not"
          + " count; result is the hundreds of the model's status, failed, or why none was sent:"
          + " no_slot, too_large, too_many.",
      "endpoint",
      "deployment",
      "result"),
  MIRROR_COMPARED(
      Kind.COUNTER,
      "fairlead_mirror_compared_total",
      "Copies that were answered, as their live requests were: whether the hundreds of both"
          + " statuses are the same or different, and whether the copy was faster or slower.",
      "endpoint",
      "deployment",
      "status",
      "latency"),
  IN_FLIGHT(
      Kind.GAUGE,
      "fairlead_requests_in_flight",
      "Slots that are taken, those of abandoned requests and of probes included.",
      "endpoint",
      "deployment"),
  QUEUED(
      Kind.GAUGE,
      "fairlead_requests_queued",
      "Requests that wait for a slot.",
      "endpoint",
      "deployment"),
  REPLICAS(
      Kind.GAUGE,
      "fairlead_replicas",
      "Replicas that are ready, ejected for failures or for what their probes say, or draining:"
          + " removed with requests in flight.",
      "endpoint",
      "deployment",
      "state"),
  PROBES(
      Kind.COUNTER,
      "fairlead_probes_total",
      "Probes of replicas whose deployment has a healthPath, by result: well (2xx, 3xx), unwell"
          + " (another status), or failed: no whole response in time.",
      "endpoint",
      "deployment",
      "result"),
  HEDGES(
      Kind.COUNTER,
      "fairlead_hedges_total",
      "Second attempts beside a slow first one, by result: won or lost against it, failed, or"
          + " abandoned before either response began.",
      "endpoint",
      "deployment",
      "result"),
  SLOTS_LEAKED(
      Kind.COUNTER,
      "fairlead_slots_leaked_total",
      "Faults found in the accounting of slots: permits that were released a second time, and slots"
          + " that nothing used and that were taken back; must stay 0.",
      "endpoint",
      "deployment"),
  CONNECTIONS_OPEN(
      Kind.GAUGE, "fairlead_connections_open", "Connections of callers that are open."),
  CONNECTIONS_ACCEPTED(
      Kind.COUNTER, "fairlead_connections_accepted_total", "Connections of callers accepted."),
  CONNECTIONS_CLOSED(
      Kind.COUNTER,
      "fairlead_connections_closed_total",
      "Accepted connections of callers that have ended."),
  CONNECTIONS_REFUSED(
      Kind.COUNTER,
      "fairlead_connections_refused_total",
      "Connections of callers closed at once because a limit was reached."),
  PROXY_HEADERS_REFUSED(
      Kind.COUNTER,
      "fairlead_proxy_headers_refused_total",
      "Connections of callers closed because they did not begin with a header of the PROXY protocol"
          + " from a trusted proxy."),
  TLS_HANDSHAKES_FAILED(
      Kind.COUNTER, "fairlead_tls_handshakes_failed_total", "TLS handshakes that did not finish."),
  PROTOCOL_ERRORS(
      Kind.COUNTER,
      "fairlead_protocol_errors_total",
      "Requests refused because their framing or head breaks HTTP."),
  HTTP2_GLITCHES(
      Kind.COUNTER,
      "fairlead_http2_glitches_total",
      "Oddities of HTTP/2 callers that their connection's budget still allows."),
  HTTP2_FLOODS(
      Kind.COUNTER,
      "fairlead_http2_floods_total",
      "HTTP/2 connections ended because the caller went beyond a flood limit."),
  UPSTREAM_CONNECTIONS(
      Kind.COUNTER, "fairlead_upstream_connections_total", "Connections made to models."),
  UPSTREAM_CONNECTS_FAILED(
      Kind.COUNTER,
      "fairlead_upstream_connects_failed_total",
      "Connections to models that could not be made."),
  UPSTREAM_REUSES(
      Kind.COUNTER,
      "fairlead_upstream_reuses_total",
      "Requests sent on a connection that a model had kept open."),
  UPSTREAM_IDLE_BYTES(
      Kind.COUNTER,
      "fairlead_upstream_idle_closes_total",
      "Idle connections to models closed because bytes came that nobody had asked for."),
  RETRIES(
      Kind.COUNTER, "fairlead_retries_total", "Requests sent a second time, to another replica."),
  CLIENTS_GONE(
      Kind.COUNTER,
      "fairlead_clients_gone_total",
      "Requests whose caller left before the answer was complete."),
  WEBSOCKETS_OPENED(
      Kind.COUNTER,
      "fairlead_websockets_opened_total",
      "WebSockets that a model has agreed to; each is counted by fairlead_requests_total with code"
          + " 101 when it ends."),
  ACCESS_LOG_DROPPED(
      Kind.COUNTER,
      "fairlead_access_log_dropped_total",
      "Lines of the access log that were lost because they came faster than they were written."),
  UNEXPECTED_EXCEPTIONS(
      Kind.COUNTER,
      "fairlead_unexpected_exceptions_total",
      "Exceptions on the request path, each a bug; must stay 0."),
  CERTIFICATE_NOT_AFTER(
      Kind.GAUGE,
      "fairlead_tls_certificate_not_after_timestamp_seconds",
      "When the certificate in use ends, in Unix time; absent without TLS."),
  RELOADS(
      Kind.COUNTER,
      "fairlead_reloads_total",
      "Reloads of what (manifest, kubernetes, certificate, token_keys, client_ca) by result"
          + " (accepted, rejected).",
      "what",
      "result"),
  LEADER(
      Kind.GAUGE,
      "fairlead_leader",
      "Whether this router acts for all of them, as one without others does: 1 or 0."),
  LEADER_TRANSITIONS(
      Kind.COUNTER,
      "fairlead_leader_transitions_total",
      "How often this router began or ceased to lead."),
  PEERS_CONNECTED(
      Kind.GAUGE,
      "fairlead_peers_connected",
      "Routers that are connected to this one: all others, if it is the coordinator. This one and"
          + " the next seven are absent where slots are not shared."),
  COORDINATOR_CONNECTED(
      Kind.GAUGE,
      "fairlead_coordinator_connected",
      "Whether this router can report to the one that grants slots: 1 or 0."),
  COORDINATOR_LOST(
      Kind.GAUGE, "fairlead_coordinator_lost_seconds", "Time since it could last; 0 while it can."),
  LEASE_SLOTS(
      Kind.GAUGE,
      "fairlead_lease_slots",
      "Slots of replicas that this router holds, of all deployments with a limit."),
  LEASE_SLOTS_IN_DOUBT(
      Kind.GAUGE,
      "fairlead_lease_slots_in_doubt",
      "Slots that a new coordinator cannot grant yet, since a router that it has not heard may hold"
          + " them; 0 in the others."),
  LEASE_REPORTS(
      Kind.COUNTER, "fairlead_lease_reports_total", "Reports of this router to coordinators."),
  LEASE_GRANTS(Kind.COUNTER, "fairlead_lease_grants_total", "Grants that came to this router."),
  LEASE_REFUSALS(
      Kind.COUNTER,
      "fairlead_lease_refusals_total",
      "Reports that were refused, by this router or to it, and claims that were not followed.",
      "reason"),
  PEER_CUTS(
      Kind.COUNTER,
      "fairlead_peer_cuts_total",
      "Conversations of other routers that this one has ended; absent where slots are not shared.",
      "reason"),
  OVERLOAD_STAGE(
      Kind.GAUGE,
      "fairlead_overload_stage",
      "What is given up for being short of something: 0 nothing, 1 keeping connections, 2 requests"
          + " too, 3 accepting too."),
  OVERLOAD_RATIO(
      Kind.GAUGE,
      "fairlead_overload_ratio",
      "Share in use of each resource that decides the overload stage, as read once a second; absent"
          + " where it cannot be read.",
      "resource"),
  TOKEN_KEYS(
      Kind.GAUGE,
      "fairlead_token_keys",
      "Public keys that tokens for an endpoint are verified with; 0 while none have arrived.",
      "endpoint"),
  TOKEN_KEYS_AGE(
      Kind.GAUGE,
      "fairlead_token_keys_age_seconds",
      "Time since the source of an endpoint's token keys last gave a good set; +Inf if it never"
          + " has, 0 for keys that came with the resources.",
      "endpoint"),
  SPANS(
      Kind.COUNTER,
      "fairlead_traced_requests_total",
      "Requests with a span by what became of it: exported, dropped because too many waited, or"
          + " failed because the collector did not take it; absent without tracing.",
      "result"),
  KUBERNETES_LAST_EVENT_AGE(
      Kind.GAUGE,
      "fairlead_kubernetes_last_event_age_seconds",
      "Time since the API server was heard, by the watch that has waited longest: a minute and a"
          + " half at most unless it is away; absent without a cluster."),
  KUBERNETES_CONDITIONS(
      Kind.GAUGE,
      "fairlead_kubernetes_conditions",
      "Resources of a kind that a condition holds of, as their status says it.",
      "kind",
      "condition"),
  SCALE_DESIRED(
      Kind.GAUGE,
      "fairlead_autoscale_desired_replicas",
      "Replicas that the load needs, within the limits of the deployment; absent where it is not"
          + " known, and in routers that do not lead.",
      "endpoint",
      "deployment"),
  SCALE_ORDERED(
      Kind.GAUGE,
      "fairlead_autoscale_ordered_replicas",
      "Replicas that the scale of the deployment ordered when it was read last; absent in routers"
          + " that do not lead.",
      "endpoint",
      "deployment"),
  SCALE_CHANGES(
      Kind.COUNTER,
      "fairlead_autoscale_changes_total",
      "Numbers of replicas that this router ordered, by direction (up, down).",
      "endpoint",
      "deployment",
      "direction"),
  SCALE_REFUSED(
      Kind.COUNTER,
      "fairlead_autoscale_refused_total",
      "Evaluations that could not be decided or carried out, by reason.",
      "endpoint",
      "deployment",
      "reason"),
  BUILD(
      Kind.INFO,
      "fairlead_build_info",
      "What is running: always 1.",
      "version",
      "commit",
      "java",
      "transport",
      "tls_engine"),
  UPTIME(Kind.GAUGE, "fairlead_uptime_seconds", "Time since the router started."),
  DIRECT_MEMORY(
      Kind.GAUGE,
      "fairlead_direct_memory_bytes",
      "Memory outside the heap that the buffer allocator holds."),
  MEMORY_USED(
      Kind.GAUGE, "jvm_memory_used_bytes", "Memory in use, of the heap and beside it.", "area"),
  MEMORY_MAX(
      Kind.GAUGE, "jvm_memory_max_bytes", "Largest memory there may be; absent if open.", "area"),
  GC_COLLECTIONS(
      Kind.COUNTER, "jvm_gc_collections_total", "Collections by each garbage collector.", "gc"),
  GC_SECONDS(Kind.COUNTER, "jvm_gc_seconds_total", "Time spent by each garbage collector.", "gc"),
  THREADS(Kind.GAUGE, "jvm_threads", "Live platform threads."),
  CPU_SECONDS(
      Kind.COUNTER, "process_cpu_seconds_total", "User and system CPU time of the process."),
  OPEN_FDS(Kind.GAUGE, "process_open_fds", "Open file descriptors."),
  MAX_FDS(Kind.GAUGE, "process_max_fds", "Most file descriptors that may be open.");

  /** How a meter behaves over time. */
  enum Kind {
    COUNTER("_total"),
    GAUGE(""),
    HISTOGRAM(""),
    INFO("_info");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }
  }

  private final Kind kind;
  private final String scraped;
  private final String meaning;
  private final List<String> tags;

  Meter(Kind kind, String scraped, String meaning, String... tags) {
    this.kind = kind;
    this.scraped = scraped;
    this.meaning = meaning;
    this.tags = List.of(tags);
  }

  Kind kind() {
    return kind;
  }

  /** Returns the name of its series, suffix included. */
  String scraped() {
    return scraped;
  }

  /** Returns one sentence. */
  String meaning() {
    return meaning;
  }

  List<String> tags() {
    return tags;
  }

  /** Returns the unit its values are in, or null where they are a number of things. */
  @Nullable Unit unit() {
    String base = base();
    if (base.endsWith("_seconds")) {
      return Unit.SECONDS;
    }
    return base.endsWith("_bytes") ? Unit.BYTES : null;
  }

  MetricMetadata metadata() {
    return new MetricMetadata(base(), meaning, unit());
  }

  private String base() {
    return scraped.substring(0, scraped.length() - kind.suffix.length());
  }

  /** Returns the counter of {@code event}. */
  static Meter of(ProxyEvent event) {
    return switch (event) {
      case CONNECTION_ACCEPTED -> CONNECTIONS_ACCEPTED;
      case CONNECTION_CLOSED -> CONNECTIONS_CLOSED;
      case CONNECTION_REFUSED -> CONNECTIONS_REFUSED;
      case PROXY_HEADER_REFUSED -> PROXY_HEADERS_REFUSED;
      case TLS_HANDSHAKE_FAILED -> TLS_HANDSHAKES_FAILED;
      case PROTOCOL_ERROR -> PROTOCOL_ERRORS;
      case HTTP2_GLITCH -> HTTP2_GLITCHES;
      case HTTP2_FLOOD -> HTTP2_FLOODS;
      case UPSTREAM_CONNECTED -> UPSTREAM_CONNECTIONS;
      case UPSTREAM_CONNECT_FAILED -> UPSTREAM_CONNECTS_FAILED;
      case UPSTREAM_REUSED -> UPSTREAM_REUSES;
      case UPSTREAM_IDLE_BYTES -> UPSTREAM_IDLE_BYTES;
      case RETRY -> RETRIES;
      case CLIENT_GONE -> CLIENTS_GONE;
      case WEBSOCKET_OPENED -> WEBSOCKETS_OPENED;
      case ACCESS_LOG_DROPPED -> ACCESS_LOG_DROPPED;
      case UNEXPECTED_EXCEPTION -> UNEXPECTED_EXCEPTIONS;
    };
  }
}
