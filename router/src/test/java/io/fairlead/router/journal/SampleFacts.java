package io.fairlead.router.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.control.Phases;
import io.fairlead.router.control.RequestFacts;
import io.fairlead.router.dispatch.Candidates;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.TrafficSplit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Facts of a request that a test makes up: answered by a model, unless the test says otherwise. */
public final class SampleFacts implements RequestFacts {
  static final Replica REPLICA = new Replica("10.0.0.1", 5001);
  private static final Endpoint ENDPOINT =
      Endpoint.open("default", "echo", new TrafficSplit(Map.of("blue", 100)));
  private static final Deployment DEPLOYMENT =
      new Deployment(
          new DeploymentKey("default", "echo", "blue"),
          List.of(REPLICA),
          Scoring.DEFAULT,
          RequestSettings.DEFAULT);

  private final Head head = new Head();
  private final Phases phases = new Phases();
  private byte[] id = "00000000-0000-4000-8000-000000000000".getBytes(US_ASCII);
  private byte[] clientId = new byte[0];
  public boolean sampled;
  public boolean logged;
  public boolean left;
  public int status = 200;
  public @Nullable RouterError error;
  public @Nullable String detail;
  public int modelStatus = 200;
  public @Nullable String modelReason;
  public @Nullable Replica replica = REPLICA;
  public int attempts = 1;
  public long requestBytes = 2;
  public long responseBytes = 4;
  public int queuePosition;
  public @Nullable Load load;
  public @Nullable Candidates candidates;
  public boolean routed = true;
  public @Nullable TraceContext span;

  /** A scoring request that took a millisecond and ended at {@code endNanos}. */
  public SampleFacts(long endNanos) {
    request("POST", "/api/v1/endpoint/echo/score");
    phases.clear();
    phases.start(endNanos - 1_000_000);
    phases.received(endNanos - 1_000_000, false, true);
    phases.granted(endNanos - 900_000);
    phases.connected(endNanos - 800_000);
    phases.responding(endNanos - 300_000);
    phases.attempted(endNanos - 100_000);
    phases.end(endNanos);
  }

  /** Changes what was asked for. */
  public void request(String method, String path) {
    head.reset();
    int from = head.append(method);
    head.method(Method.of(head.bytes(), from, head.length()), from, head.length());
    from = head.append(path);
    head.target(from, head.length());
    int query = path.indexOf('?');
    head.path(from, query < 0 ? head.length() : from + query);
  }

  /** Adds a field to the request. */
  public void field(String name, String value) {
    int from = head.append(name);
    int valueFrom = head.append(value);
    int id = FieldId.of(head.bytes(), from, valueFrom);
    head.addField(id, from, valueFrom, valueFrom, head.length());
  }

  /** Sets the id of the request. */
  public void id(String text) {
    id = text.getBytes(US_ASCII);
  }

  /** Sets the caller's own id. */
  public void clientId(String text) {
    clientId = text.getBytes(US_ASCII);
  }

  /** Makes it a refusal. */
  public SampleFacts refused(RouterError why, int withStatus) {
    error = why;
    status = withStatus;
    detail = why.title();
    modelStatus = 0;
    return this;
  }

  @Override
  public Head head() {
    return head;
  }

  @Override
  public String protocol() {
    return "HTTP/1.1";
  }

  @Override
  public boolean failed() {
    return error != null || left;
  }

  @Override
  public boolean callerLeft() {
    return left;
  }

  @Override
  public boolean isSampled() {
    return sampled;
  }

  @Override
  public boolean isLogged() {
    return logged;
  }

  @Override
  public byte[] requestId() {
    return id;
  }

  @Override
  public byte[] clientRequestId() {
    return clientId;
  }

  @Override
  public int clientRequestIdLength() {
    return clientId.length;
  }

  @Override
  public boolean isTls() {
    return false;
  }

  @Override
  public @Nullable TraceContext span() {
    return span;
  }

  @Override
  public @Nullable Endpoint endpoint() {
    return routed ? ENDPOINT : null;
  }

  @Override
  public @Nullable Deployment deployment() {
    return routed ? DEPLOYMENT : null;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public @Nullable RouterError error() {
    return error;
  }

  @Override
  public @Nullable String detail() {
    return detail;
  }

  @Override
  public int modelStatus() {
    return modelStatus;
  }

  @Override
  public @Nullable String modelReason() {
    return modelReason;
  }

  @Override
  public @Nullable Replica replica() {
    return replica;
  }

  @Override
  public int attempts() {
    return attempts;
  }

  @Override
  public long requestBytes() {
    return requestBytes;
  }

  @Override
  public long responseBytes() {
    return responseBytes;
  }

  @Override
  public Phases phases() {
    return phases;
  }

  @Override
  public int queuePosition() {
    return queuePosition;
  }

  @Override
  public @Nullable Candidates candidates() {
    return candidates;
  }

  @Override
  public @Nullable Load load() {
    return load;
  }
}
