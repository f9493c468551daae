package io.fairlead.router.proxy;

import io.fairlead.router.dispatch.Permit;

/** The way of one loop to its models, in the version of HTTP that each deployment says. */
final class Upstreams {
  final Http1Pools http1;
  final Http2Clients http2;

  Upstreams(Loop loop, Transport transport) {
    var sockets = new UpstreamSockets(loop, transport);
    this.http1 = new Http1Pools(loop, sockets);
    this.http2 = new Http2Clients(loop, sockets);
  }

  /**
   * Returns what carries the request of {@code exchange} to the permit's replica: open at once, or
   * it calls {@link Attempts#onConnected} later.
   *
   * @param fresh not on a connection that may be as stale as the last one was
   */
  Upstream open(Exchange exchange, Permit permit, boolean fresh) {
    return switch (exchange.route.target().deployment().scoring().protocol()) {
      case HTTP1 -> http1.connection(exchange, permit, fresh);
      case H2C -> http2.stream(exchange, permit, fresh);
    };
  }
}
