package io.fairlead.router.proxy;

import io.fairlead.router.control.Phases;
import io.fairlead.router.control.RequestFacts;
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
 * An exchange that ends, as those see it who look at single requests.
 *
 * @param status that was sent; 0 if none was
 */
record ExchangeFacts(
    Exchange exchange, Observation observation, int status, @Nullable RouterError error)
    implements RequestFacts {
  @Override
  public Head head() {
    return exchange.request;
  }

  @Override
  public String protocol() {
    return exchange.downstream().protocol();
  }

  @Override
  public boolean failed() {
    return error != null || observation.hasLeft();
  }

  @Override
  public boolean callerLeft() {
    return observation.hasLeft();
  }

  @Override
  public boolean isSampled() {
    return observation.isSampled();
  }

  @Override
  public boolean isLogged() {
    return observation.isLogged();
  }

  @Override
  public byte[] requestId() {
    return exchange.identity.id;
  }

  @Override
  public byte[] clientRequestId() {
    return exchange.identity.clientId;
  }

  @Override
  public int clientRequestIdLength() {
    return exchange.identity.clientIdLength();
  }

  @Override
  public boolean isTls() {
    return exchange.downstream().origin().tls();
  }

  @Override
  public @Nullable TraceContext span() {
    return observation.span();
  }

  @Override
  public @Nullable Endpoint endpoint() {
    return exchange.route.endpoint();
  }

  @Override
  public @Nullable Deployment deployment() {
    return exchange.route.deployment();
  }

  @Override
  public @Nullable String detail() {
    return observation.detail();
  }

  @Override
  public int modelStatus() {
    return observation.modelStatus();
  }

  @Override
  public @Nullable String modelReason() {
    return observation.modelReason();
  }

  @Override
  public @Nullable Replica replica() {
    return observation.replica();
  }

  @Override
  public int attempts() {
    return observation.attempts();
  }

  @Override
  public long requestBytes() {
    return observation.requestBytes();
  }

  @Override
  public long responseBytes() {
    return observation.responseBytes();
  }

  @Override
  public Phases phases() {
    return observation.phases;
  }

  @Override
  public int queuePosition() {
    return observation.queuePosition();
  }

  @Override
  public @Nullable Candidates candidates() {
    return observation.seen();
  }

  @Override
  public @Nullable Load load() {
    return observation.load();
  }
}
