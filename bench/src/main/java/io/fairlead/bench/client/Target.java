package io.fairlead.bench.client;

import java.net.InetSocketAddress;

/** Where requests go, and how. */
public record Target(InetSocketAddress address, Protocol protocol, String path) {}
