package io.fairlead.router.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fairlead.router.dispatch.Candidate;
import io.fairlead.router.dispatch.Candidates;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.RequestIds;
import io.fairlead.router.http.ShownPath;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one request was decided, and what became of it: what a {@link RequestFacts} said, kept. Holds
 * no header field, query or body, so no secret.
 *
 * <p>Made once and filled again and again by whoever keeps it; who reads it has a copy.
 */
public final class Decision {
  /** What is kept of a path. */
  static final int LONGEST_PATH = 192;

  private final byte[] requestId = new byte[RequestIds.UUID_LENGTH];
  private final byte[] clientRequestId = new byte[RequestIds.MAX_CLIENT_ID_LENGTH];
  private final byte[] path = new byte[LONGEST_PATH];
  private final Candidates candidates = new Candidates();
  private final Phases phases = new Phases();
  private int clientRequestIdLength;
  private int pathLength;
  private boolean pathIsCut;
  private boolean candidatesKnown;

  private long atMillis;
  private Method method = Method.OTHER;
  private String protocol = "";
  private @Nullable String traceId;
  private @Nullable Endpoint endpoint;
  private @Nullable Deployment deployment;
  private int status;
  private @Nullable RouterError error;
  private @Nullable String detail;
  private boolean callerLeft;
  private int modelStatus;
  private @Nullable Replica replica;
  private int attempts;
  private long requestBytes;
  private long responseBytes;
  private int queuePosition;
  private @Nullable Load load;

  /** Keeps {@code facts}, of a request that ended at {@code nowMillis} of the wall clock. */
  public void take(RequestFacts facts, long nowMillis) {
    atMillis = nowMillis;
    System.arraycopy(facts.requestId(), 0, requestId, 0, requestId.length);
    clientRequestIdLength = facts.clientRequestIdLength();
    System.arraycopy(facts.clientRequestId(), 0, clientRequestId, 0, clientRequestIdLength);
    takeHead(facts.head());
    protocol = facts.protocol();
    TraceContext span = facts.span();
    traceId = span == null ? null : span.traceId();
    endpoint = facts.endpoint();
    deployment = facts.deployment();
    status = facts.status();
    error = facts.error();
    detail = facts.detail();
    callerLeft = facts.callerLeft();
    modelStatus = facts.modelStatus();
    replica = facts.replica();
    attempts = facts.attempts();
    requestBytes = facts.requestBytes();
    responseBytes = facts.responseBytes();
    phases.copy(facts.phases());
    queuePosition = facts.queuePosition();
    load = facts.load();
    Candidates seen = facts.candidates();
    candidatesKnown = seen != null;
    if (seen != null) {
      candidates.copy(seen);
    }
  }

  private void takeHead(Head head) {
    method = head.method();
    int length = ShownPath.end(head) - head.pathStart();
    pathLength = Math.min(length, LONGEST_PATH);
    pathIsCut = length > LONGEST_PATH;
    System.arraycopy(head.bytes(), head.pathStart(), path, 0, pathLength);
  }

  /** Becomes equal to {@code other}. */
  public void copy(Decision other) {
    atMillis = other.atMillis;
    System.arraycopy(other.requestId, 0, requestId, 0, requestId.length);
    clientRequestIdLength = other.clientRequestIdLength;
    System.arraycopy(other.clientRequestId, 0, clientRequestId, 0, clientRequestId.length);
    method = other.method;
    pathLength = other.pathLength;
    pathIsCut = other.pathIsCut;
    System.arraycopy(other.path, 0, path, 0, path.length);
    protocol = other.protocol;
    traceId = other.traceId;
    endpoint = other.endpoint;
    deployment = other.deployment;
    status = other.status;
    error = other.error;
    detail = other.detail;
    callerLeft = other.callerLeft;
    modelStatus = other.modelStatus;
    replica = other.replica;
    attempts = other.attempts;
    requestBytes = other.requestBytes;
    responseBytes = other.responseBytes;
    phases.copy(other.phases);
    queuePosition = other.queuePosition;
    load = other.load;
    candidatesKnown = other.candidatesKnown;
    candidates.copy(other.candidates);
  }

  /** Returns when the request ended, in milliseconds of Unix time. */
  public long atMillis() {
    return atMillis;
  }

  /** Returns the id of the request. */
  public String requestId() {
    return new String(requestId, ISO_8859_1);
  }

  /** Returns the caller's own id; empty if there is none. */
  public String clientRequestId() {
    return new String(clientRequestId, 0, clientRequestIdLength, ISO_8859_1);
  }

  /** Returns the method. */
  public Method method() {
    return method;
  }

  /** Returns the path without query, cut with {@code ...}, a char per byte. */
  public String path() {
    return new String(path, 0, pathLength, ISO_8859_1) + (pathIsCut ? "..." : "");
  }

  /** Returns the version of HTTP. */
  public String protocol() {
    return protocol;
  }

  /** Returns the trace that holds its span; null if it has none. */
  public @Nullable String traceId() {
    return traceId;
  }

  /** Returns the endpoint; null where none was found. */
  public @Nullable Endpoint endpoint() {
    return endpoint;
  }

  /** Returns the name of the endpoint; empty where none was found. */
  public String endpointName() {
    return endpoint == null ? "" : endpoint.name();
  }

  /** Returns the deployment; null where none was chosen. */
  public @Nullable Deployment deployment() {
    return deployment;
  }

  /** Returns the status sent to the caller; 0 if it left before. */
  public int status() {
    return status;
  }

  /** Returns the router's own verdict; null where the model answered well. */
  public @Nullable RouterError error() {
    return error;
  }

  /** Returns the sentence of the refusal; null if there was none. */
  public @Nullable String detail() {
    return detail;
  }

  /** Returns whether the caller left before it had its answer. */
  public boolean callerLeft() {
    return callerLeft;
  }

  /** Returns the status of the model's response; 0 if none came. */
  public int modelStatus() {
    return modelStatus;
  }

  /** Returns the replica of the last attempt; null if there was none. */
  public @Nullable Replica replica() {
    return replica;
  }

  /** Returns how often a replica was asked. */
  public int attempts() {
    return attempts;
  }

  /** Returns the bytes of the request's body. */
  public long requestBytes() {
    return requestBytes;
  }

  /** Returns the bytes of the response's body. */
  public long responseBytes() {
    return responseBytes;
  }

  /** Returns where its time went. */
  public Phases phases() {
    return phases;
  }

  /** Returns its place in the queue when it came; 0 if it did not wait. */
  public int queuePosition() {
    return queuePosition;
  }

  /** Returns the numbers behind the refusal; null if there are none. */
  public @Nullable Load load() {
    return load;
  }

  /** Returns the replicas as the last decision saw them; null if nobody looked. */
  public @Nullable List<Candidate> candidates() {
    return candidatesKnown ? candidates.list() : null;
  }

  /** Returns how many replicas there were that {@link #candidates} leaves out. */
  public int moreCandidates() {
    return candidatesKnown ? candidates.more() : 0;
  }
}
