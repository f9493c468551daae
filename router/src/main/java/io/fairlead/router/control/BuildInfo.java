package io.fairlead.router.control;

/**
 * What is running.
 *
 * @param transport {@code epoll} or {@code nio}
 * @param tlsEngine {@code boringssl} or {@code jdk}; {@code none} without TLS
 */
public record BuildInfo(
    String version, String commit, String java, String transport, String tlsEngine) {}
