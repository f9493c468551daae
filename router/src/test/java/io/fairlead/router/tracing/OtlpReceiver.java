package io.fairlead.router.tracing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fairlead.router.Soon;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/** A collector that takes traces by OTLP over HTTP, in protobuf, and keeps their spans. */
public final class OtlpReceiver implements AutoCloseable {
  private static final int SERVER = 2;

  private final HttpServer server;
  private final BlockingQueue<Received> spans = new LinkedBlockingQueue<>();
  private volatile int status = 200;

  /**
   * A span as it came.
   *
   * @param parent empty if it has none
   * @param kind 1 internal, 2 server
   * @param statusCode 0 unset, 2 error
   * @param attributes texts and numbers as text
   */
  public record Received(
      Map<String, String> resource,
      String name,
      String traceId,
      String spanId,
      String parent,
      int kind,
      long startNanos,
      long endNanos,
      int statusCode,
      Map<String, String> attributes) {}

  /** Opens a free port of the loopback address. */
  public OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  /** Returns where it is, without a path. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Answers with {@code newStatus} from now on. */
  public OtlpReceiver answers(int newStatus) {
    status = newStatus;
    return this;
  }

  /** Returns the next span, waiting for it. */
  public Received take() throws InterruptedException {
    Received span = spans.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (span == null) {
      throw new AssertionError("no span came");
    }
    return span;
  }

  /** Returns the next span of a request, passing over those of phases. */
  public Received takeRequest() throws InterruptedException {
    Received span = take();
    while (span.kind() != SERVER) {
      span = take();
    }
    return span;
  }

  /** Returns the next {@code count} spans by their names. */
  public Map<String, Received> take(int count) throws InterruptedException {
    Map<String, Received> all = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      Received span = take();
      all.put(span.name(), span);
    }
    return all;
  }

  private void take(HttpExchange call) throws IOException {
    try (call) {
      byte[] body = call.getRequestBody().readAllBytes();
      if ("gzip".equals(call.getRequestHeaders().getFirst("content-encoding"))) {
        body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
      }
      if (status == 200) {
        for (Message each : new Message(body).messages(1)) {
          Map<String, String> resource = attributes(each.messages(1).getFirst(), 1);
          for (Message scope : each.messages(2)) {
            scope.messages(2).forEach(span -> spans.add(span(resource, span)));
          }
        }
      }
      call.sendResponseHeaders(status, -1);
    }
  }

  /** See opentelemetry/proto/trace/v1/trace.proto. */
  private static Received span(Map<String, String> resource, Message span) {
    List<Message> status = span.messages(15);
    return new Received(
        resource,
        span.text(5),
        span.hex(1),
        span.hex(2),
        span.hex(4),
        (int) span.number(6),
        span.number(7),
        span.number(8),
        status.isEmpty() ? 0 : (int) status.getFirst().number(3),
        attributes(span, 9));
  }

  private static Map<String, String> attributes(Message of, int field) {
    Map<String, String> all = new LinkedHashMap<>();
    for (Message each : of.messages(field)) {
      Message value = each.messages(2).getFirst();
      all.put(each.text(1), value.has(1) ? value.text(1) : Long.toString(value.number(3)));
    }
    return all;
  }

  /** A message of protobuf: its fields by number, each a {@code Long} or bytes. */
  private static final class Message {
    private final Map<Integer, List<Object>> fields = new LinkedHashMap<>();

    Message(byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (in.hasRemaining()) {
        long tag = varint(in);
        Object value =
            switch ((int) tag & 7) {
              case 0 -> varint(in);
              case 1 -> in.getLong();
              case 5 -> (long) in.getInt();
              case 2 -> {
                byte[] part = new byte[(int) varint(in)];
                in.get(part);
                yield part;
              }
              default -> throw new AssertionError("wire type of tag " + tag);
            };
        fields.computeIfAbsent((int) (tag >>> 3), number -> new ArrayList<>()).add(value);
      }
    }

    private static long varint(ByteBuffer in) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = in.get();
        value |= (next & 0x7fL) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    boolean has(int field) {
      return fields.containsKey(field);
    }

    List<Message> messages(int field) {
      return fields.getOrDefault(field, List.of()).stream()
          .map(bytes -> new Message((byte[]) bytes))
          .toList();
    }

    private byte[] bytes(int field) {
      return has(field) ? (byte[]) fields.getOrDefault(field, List.of()).getFirst() : new byte[0];
    }

    String text(int field) {
      return new String(bytes(field), UTF_8);
    }

    String hex(int field) {
      return HexFormat.of().formatHex(bytes(field));
    }

    long number(int field) {
      return has(field) ? (Long) fields.getOrDefault(field, List.of()).getFirst() : 0;
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
