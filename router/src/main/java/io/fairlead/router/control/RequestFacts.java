package io.fairlead.router.control;

import io.fairlead.router.dispatch.Candidates;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request when it ends. A view of what the data path reuses for the next one:
 * whoever wants to keep something copies it.
 */
public interface RequestFacts {
  /** Returns the head as received; incomplete where that is what was wrong with the request. */
  Head head();

  /** Returns {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}. */
  String protocol();

  /** Returns whether it was refused, or the model failed, or the caller left. */
  boolean failed();

  /** Returns whether the caller left before it had its answer. */
  boolean callerLeft();

  /** Returns whether its decision record was wanted from its beginning on, however it ends. */
  boolean isSampled();

  /** Returns whether its line in the access log was wanted from its beginning on. */
  boolean isLogged();

  /** Returns the id as text: 36 bytes. */
  byte[] requestId();

  /** Returns the caller's own id, in the first {@link #clientRequestIdLength} bytes. */
  byte[] clientRequestId();

  /** Returns the length of the caller's own id; 0 if there is none. */
  int clientRequestIdLength();

  /** Returns whether it came over TLS. */
  boolean isTls();

  /** Returns where its span stands; null if none is made. */
  @Nullable TraceContext span();

  /** Returns the endpoint; null where none was found. */
  @Nullable Endpoint endpoint();

  /** Returns the deployment; null where none was chosen. */
  @Nullable Deployment deployment();

  /** Returns the status sent to the caller; 0 if it left before. */
  int status();

  /** Returns the router's own verdict; null where the model answered well. */
  @Nullable RouterError error();

  /** Returns the sentence of the refusal; null if there was none. */
  @Nullable String detail();

  /** Returns the status of the model's response; 0 if none came. */
  int modelStatus();

  /** Returns what the model did wrong, such as {@code script_failed}; null where nothing. */
  @Nullable String modelReason();

  /** Returns the replica of the last attempt; null if there was none. */
  @Nullable Replica replica();

  /** Returns how often a replica was asked. */
  int attempts();

  /** Returns the bytes of the request's body. */
  long requestBytes();

  /** Returns the bytes of the response's body. */
  long responseBytes();

  /** Returns where its time went. */
  Phases phases();

  /** Returns its place in the queue when it came; 0 if it did not wait. */
  int queuePosition();

  /** Returns the replicas as the last decision saw them; null if nobody looked. */
  @Nullable Candidates candidates();

  /** Returns the numbers behind the refusal; null if there are none. */
  @Nullable Load load();
}
