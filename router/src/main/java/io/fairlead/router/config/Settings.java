package io.fairlead.router.config;

import io.fairlead.router.model.Address;
import io.fairlead.router.model.Cidr;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything {@code serve} is told at its start, checked as a whole.
 *
 * <p>At least one of {@code http} and {@code https} is open. {@code tlsCert} and {@code tlsKey} are
 * both given or both null, and given if {@code https} is open, unless a Secret of the cluster is.
 *
 * @param http where to accept plain HTTP; null for not at all
 * @param https where to accept TLS; null for not at all
 * @param admin where to serve health and metrics; null for not at all
 * @param manifests directory of resources; null if they are those of a cluster
 * @param kubernetes how to reach that; null if they are in files
 * @param tlsCert PEM chain
 * @param tlsKey PEM key
 * @param jwksCa PEM authorities of the servers of token keys; null for those of the JDK
 * @param limits of the data path, drain times among them
 * @param eventLoops 0 for one per core
 * @param trustedProxies whose {@code Forwarded} fields are believed; not empty if the PROXY
 *     protocol is required
 * @param hostSuffix of authorities that name an endpoint of gRPC; null for none
 * @param lease how several routers elect the one that leads
 * @param peer with whom it shares its slots; null for nobody
 * @param observe what is kept and told of single requests
 */
public record Settings(
    @Nullable Address http,
    @Nullable Address https,
    @Nullable Address admin,
    @Nullable Path manifests,
    @Nullable KubernetesSettings kubernetes,
    @Nullable Path tlsCert,
    @Nullable Path tlsKey,
    @Nullable Path jwksCa,
    ErrorProfile errorProfile,
    Limits limits,
    int eventLoops,
    Transport transport,
    TlsProvider tlsProvider,
    List<Cidr> trustedProxies,
    ProxyProtocol proxyProtocol,
    @Nullable String hostSuffix,
    LogFormat logFormat,
    LeaseSettings lease,
    @Nullable PeerSettings peer,
    ObserveSettings observe) {
  /** What moves the bytes between sockets and loops. */
  public enum Transport {
    /** epoll where its native part loads, else nio. */
    AUTO,
    EPOLL,
    NIO
  }

  /** What speaks TLS. */
  public enum TlsProvider {
    /** openssl where its native part loads, else jdk. */
    AUTO,
    OPENSSL,
    JDK
  }

  /** Whether connections begin with a header that says whose they are (PROXY protocol). */
  public enum ProxyProtocol {
    OFF,
    /** On every connection to the data ports, which only {@code trustedProxies} may open. */
    REQUIRED
  }

  /** How a line of the log is written. */
  public enum LogFormat {
    TEXT,
    JSON
  }

  public Settings {
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** Returns whether {@code peer} is believed about whom it forwards for. */
  public boolean trusts(InetAddress peer) {
    for (Cidr network : trustedProxies) {
      if (network.contains(peer)) {
        return true;
      }
    }
    return false;
  }
}
