package io.fairlead.router.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Stands between a client and the API server, and notes what is asked of it: {@code get secrets},
 * {@code patch fairlead.dev/onlineendpoints/status}. Plain HTTP; credentials are passed on.
 */
public final class RecordingProxy implements AutoCloseable {
  private final HttpServer server;
  private final HttpClient client;
  private final String target;
  private final Set<String> calls = new ConcurrentSkipListSet<>();
  private final Set<String> refused = new ConcurrentSkipListSet<>();

  /** Starts one in front of {@code api}. */
  public RecordingProxy(ApiServer api) throws Exception {
    target = api.url();
    client = HttpClient.newBuilder().sslContext(trusting(api.certificates())).build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::pass);
    server.start();
  }

  /** Returns the address of the proxy. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns what was asked so far. */
  public Set<String> calls() {
    return calls;
  }

  /** Returns what of it the API server did not allow. */
  public Set<String> refused() {
    return refused;
  }

  private static SSLContext trusting(String certificates) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    int number = 0;
    for (var certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(certificates.getBytes(US_ASCII)))) {
      trusted.setCertificateEntry("ca" + number++, certificate);
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private void pass(HttpExchange call) throws IOException {
    try (call) {
      String asked = verb(call.getRequestMethod(), call.getRequestURI());
      calls.add(asked);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(target + call.getRequestURI()))
              .method(
                  call.getRequestMethod(),
                  BodyPublishers.ofByteArray(call.getRequestBody().readAllBytes()));
      for (String name : List.of("authorization", "content-type", "accept", "user-agent")) {
        List<String> values = call.getRequestHeaders().get(name);
        if (values != null) {
          values.forEach(value -> request.header(name, value));
        }
      }
      HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
      if (answer.statusCode() == 403) {
        refused.add(asked);
      }
      answer
          .headers()
          .firstValue("content-type")
          .ifPresent(type -> call.getResponseHeaders().set("content-type", type));
      call.sendResponseHeaders(answer.statusCode(), 0);
      try (InputStream from = answer.body();
          OutputStream to = call.getResponseBody()) {
        byte[] some = new byte[16_384];
        for (int read = from.read(some); read >= 0; read = from.read(some)) {
          to.write(some, 0, read);
          to.flush(); // a watch's event must not wait for the next
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** In the terms of a role: verb, then group and resource. */
  private static String verb(String method, URI uri) {
    List<String> parts = Arrays.asList(uri.getPath().substring(1).split("/", -1));
    boolean isCore = parts.getFirst().equals("api");
    String group = isCore ? "" : parts.get(1) + "/";
    List<String> rest = parts.subList(isCore ? 2 : 3, parts.size());
    if (rest.size() > 2 && rest.getFirst().equals("namespaces")) {
      rest = rest.subList(2, rest.size());
    }
    String resource = rest.getFirst() + (rest.size() > 2 ? "/" + rest.get(2) : "");
    String query = uri.getQuery() == null ? "" : uri.getQuery();
    String verb =
        switch (method) {
          case "GET" ->
              rest.size() > 1
                  ? "get"
                  : query.matches(".*\\bwatch=(1|true)\\b.*") ? "watch" : "list";
          case "POST" -> "create";
          case "PUT" -> "update";
          case "PATCH" -> "patch";
          default -> method;
        };
    return verb + " " + group + resource;
  }

  @Override
  public void close() {
    server.stop(0);
    client.shutdownNow();
  }
}
