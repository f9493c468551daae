package io.fairlead.router.proxy;

import io.fairlead.router.control.Sampling;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.routing.HostSuffix;
import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * What the data path is told at start and never again.
 *
 * @param trustedProxy whether a peer's own forwarding fields are believed
 * @param proxyProtocol whether every connection must begin with a header of the PROXY protocol,
 *     from such a peer
 * @param hostSuffix of authorities that name an endpoint of gRPC
 */
public record ProxySettings(
    Limits limits,
    ErrorProfile errorProfile,
    Predicate<InetAddress> trustedProxy,
    boolean proxyProtocol,
    HostSuffix hostSuffix,
    Sampling sampling) {}
