package io.fairlead.router.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What the sample model answers to which request; knows nothing of connections. */
record Scorer(String replica, Duration modelTime) {
  private static final String SWAGGER =
      """
      {"swagger": "2.0", "info": {"title": "sample model", "version": "1"}, "paths": {"/score": \
      {"post": {"consumes": ["application/json"], "produces": ["application/json"], \
      "responses": {"200": {"description": "what was counted"}}}}}}
      """;

  /** Returns whether {@code request} has to wait for the model. */
  boolean isScore(HttpRequest request) {
    HttpMethod method = request.method();
    return path(request).equals("/score")
        && (method.equals(HttpMethod.POST)
            || method.equals(HttpMethod.GET)
            || method.equals(HttpMethod.OPTIONS))
        && RequestIds.tooLong(request.headers()) == null;
  }

  /** Returns how many events {@code request} wants as a stream; 0 for a plain answer. */
  int events(HttpRequest request) {
    List<String> stream = new QueryStringDecoder(request.uri()).parameters().get("stream");
    String count = stream == null ? "" : stream.getFirst();
    return count.matches("[0-9]{1,4}") ? Integer.parseInt(count) : 0;
  }

  /** Returns the answer to a request that has been received whole. */
  FullHttpResponse answer(HttpRequest request, long bodyBytes) {
    String path = path(request);
    HttpMethod method = request.method();
    boolean reads = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    String tooLong = RequestIds.tooLong(request.headers());
    return switch (path) {
      case "/" -> reads ? response(200, "text/html; charset=utf-8", "Healthy") : notAllowed();
      case "/swagger.json" -> reads ? response(200, "application/json", SWAGGER) : notAllowed();
      case "/score" -> {
        if (tooLong != null) {
          yield message(431, tooLong + " is longer than 100 characters");
        }
        yield isScore(request) ? score(request, bodyBytes) : notAllowed();
      }
      default -> message(404, "Not found: " + replica + " has /, /score and /swagger.json");
    };
  }

  private FullHttpResponse score(HttpRequest request, long bodyBytes) {
    String body = "{\"replica\": \"%s\", \"bytes\": %d}\n".formatted(replica, bodyBytes);
    FullHttpResponse response = response(200, "application/json", body);
    writeScoreHeaders(request, response.headers());
    String millis = String.format(Locale.ROOT, "%.3f", modelTime.toNanos() / 1e6);
    response.headers().set("x-ms-run-fn-exec-ms", millis);
    return response;
  }

  /** Writes what every scored answer carries. */
  void writeScoreHeaders(HttpRequest request, HttpHeaders response) {
    response
        .set("x-ms-run-function-failed", "False")
        .set("x-ms-server-version", "fairlead-sample/1");
    RequestIds.of(request.headers()).writeTo(response);
  }

  private static String path(HttpRequest request) {
    int query = request.uri().indexOf('?');
    return query < 0 ? request.uri() : request.uri().substring(0, query);
  }

  private static FullHttpResponse notAllowed() {
    return message(405, "Method not allowed");
  }

  private static FullHttpResponse message(int status, String message) {
    return response(status, "application/json", "{\"message\": \"" + message + "\"}\n");
  }

  private static FullHttpResponse response(int status, String type, String body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(status),
            Unpooled.copiedBuffer(body, UTF_8));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    return response;
  }
}
