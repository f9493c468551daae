package io.fairlead.router.routing;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.Cors;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of other origins may call an endpoint, compiled to the fields that tell a browser so
 * (Fetch standard, section 3.2).
 *
 * <p>It is the browser that decides. A page that may not call is told nothing, and so its browser
 * lets it neither send nor read; there is no status for it. Nobody is ever told that credentials
 * may be included: keys and tokens are in {@code Authorization}, which a page sets itself.
 */
public final class CorsPolicy {
  private static final byte[] VARY = Excerpt.ascii("vary");
  private static final byte[] VARY_ORIGIN = Excerpt.ascii("Origin");
  private static final byte[] ALLOW_ORIGIN = Excerpt.ascii("access-control-allow-origin");
  private static final byte[] ALLOW_METHODS = Excerpt.ascii("access-control-allow-methods");
  private static final byte[] ALLOW_HEADERS = Excerpt.ascii("access-control-allow-headers");
  private static final byte[] MAX_AGE = Excerpt.ascii("access-control-max-age");
  private static final byte[] EXPOSE_HEADERS = Excerpt.ascii("access-control-expose-headers");

  /** What the contract itself reads of a request, and JSON. */
  private static final String ALWAYS_ALLOWED =
      "authorization, content-type, azureml-model-deployment, x-request-id, x-ms-client-request-id,"
          + " x-request-timeout-ms, traceparent, tracestate";

  /** What the contract itself puts on answers. */
  private static final byte[] EXPOSED =
      Excerpt.ascii(
          "x-request-id, x-ms-client-request-id, azureml-model-deployment, ms-azureml-model-time,"
              + " ms-azureml-model-error-statuscode, ms-azureml-model-error-reason,"
              + " x-fairlead-reason, retry-after, retry-after-ms");

  private static final byte[] ANY = Excerpt.ascii(Cors.ANY);

  private final boolean any;
  private final ByteTable<byte[]> origins;
  private final byte @Nullable [] methods;
  private final byte[] headers;
  private final byte[] maxAge;

  CorsPolicy(Cors cors) {
    any = cors.origins().contains(Cors.ANY);
    Map<String, byte[]> byOrigin = new HashMap<>();
    for (String origin : cors.origins()) {
      String serialized = withoutDefaultPort(origin);
      byOrigin.put(serialized, Excerpt.ascii(serialized));
    }
    origins = new ByteTable<>(byOrigin);
    methods = cors.methods().isEmpty() ? null : Excerpt.ascii(String.join(", ", cors.methods()));
    StringJoiner allowed = new StringJoiner(", ").add(ALWAYS_ALLOWED);
    cors.headers().forEach(allowed::add);
    headers = Excerpt.ascii(allowed.toString());
    maxAge = Excerpt.ascii(Integer.toString(cors.maxAgeSeconds()));
  }

  /** A browser never writes the port that the scheme implies (URL standard, section 4.5). */
  private static String withoutDefaultPort(String origin) {
    String port = origin.startsWith("https:") ? ":443" : ":80";
    return origin.endsWith(port) ? origin.substring(0, origin.length() - port.length()) : origin;
  }

  /** Returns whether a browser asks here if a page may send what it is about to send. */
  public static boolean isPreflight(Head request) {
    if (request.method() != Method.OPTIONS || !request.has(FieldId.ORIGIN)) {
      return false;
    }
    byte[] bytes = request.bytes();
    for (int i = request.find(FieldId.ACCESS_CONTROL);
        i >= 0;
        i = request.next(FieldId.ACCESS_CONTROL, i + 1)) {
      if (Ascii.is(
          bytes, request.nameStart(i), request.nameEnd(i), "access-control-request-method")) {
        return true;
      }
    }
    return false;
  }

  /** Adds the answer to a preflight for a place that takes {@code placeMethods}. */
  void answerPreflight(Head request, String placeMethods, Head answer) {
    if (addOrigin(request, answer)) {
      add(answer, ALLOW_METHODS, methods != null ? methods : Excerpt.ascii(placeMethods));
      add(answer, ALLOW_HEADERS, headers);
      add(answer, MAX_AGE, maxAge);
    }
  }

  /** Says on an answer who may read it; what a model says of that is dropped. */
  public void mark(Head request, Head answer) {
    for (int i = answer.find(FieldId.ACCESS_CONTROL);
        i >= 0;
        i = answer.next(FieldId.ACCESS_CONTROL, i + 1)) {
      answer.drop(i);
    }
    if (addOrigin(request, answer)) {
      add(answer, EXPOSE_HEADERS, EXPOSED);
    }
  }

  /** Names the origin if it may call; a cache must not give one page's answer to another. */
  private boolean addOrigin(Head request, Head answer) {
    answer.addField(FieldId.OTHER, VARY, VARY_ORIGIN, VARY_ORIGIN.length);
    byte[] origin = allowed(request);
    if (origin == null) {
      return false;
    }
    add(answer, ALLOW_ORIGIN, origin);
    return true;
  }

  private byte @Nullable [] allowed(Head request) {
    int field = request.find(FieldId.ORIGIN);
    if (field < 0 || request.next(FieldId.ORIGIN, field + 1) >= 0) {
      return null; // two origins are none: no browser sends them
    }
    return any
        ? ANY
        : origins.get(request.bytes(), request.valueStart(field), request.valueEnd(field));
  }

  private static void add(Head to, byte[] name, byte[] value) {
    to.addField(FieldId.ACCESS_CONTROL, name, value, value.length);
  }
}
