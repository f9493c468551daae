package io.fairlead.bench.micro;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The request heads that every benchmark of heads uses, in the forms of both versions. */
public enum RequestHeads {
  /** What a load generator sends. */
  SMALL(
      """
      user-agent: bench/1
      accept: */*
      content-type: application/json
      content-length: 1024
      """),

  /** Twenty fields, as a browser and the proxies before us send them. */
  BROWSER(
      """
      user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36
      accept: application/json, text/plain, */*
      accept-language: en-GB,en;q=0.9,de;q=0.8
      accept-encoding: gzip, deflate, br, zstd
      cache-control: no-cache
      pragma: no-cache
      origin: https://studio.example.com
      referer: https://studio.example.com/projects/42/endpoints/house-prices/test
      sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"
      sec-ch-ua-mobile: ?0
      sec-ch-ua-platform: "Linux"
      sec-fetch-dest: empty
      sec-fetch-mode: cors
      sec-fetch-site: same-site
      cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark
      traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
      x-forwarded-for: 203.0.113.7
      x-ms-client-request-id: 3f2504e0-4f89-41d3-9a0c-0305e82c3301
      content-type: application/json
      content-length: 1024
      """);

  static final String AUTHORITY = "router.example.com";
  static final String PATH = "/api/v1/endpoint/model-0/score";

  private final String lines;

  RequestHeads(String lines) {
    this.lines = lines;
  }

  /** Returns the bytes of the whole head. */
  byte[] http1() {
    String first = "POST " + PATH + " HTTP/1.1\nhost: " + AUTHORITY + "\n";
    return ascii((first + lines + "\n").replace("\n", "\r\n"));
  }

  /** Returns what an HPACK decoder would give, in its order: a name, its value, a name... */
  byte[][] http2() {
    String pseudo =
        ":method: POST\n:scheme: https\n:authority: " + AUTHORITY + "\n:path: " + PATH + "\n";
    return (pseudo + lines)
        .lines()
        .mapMulti(
            (String line, Consumer<byte[]> to) -> {
              int colon = line.indexOf(": ", 1);
              to.accept(ascii(line.substring(0, colon)));
              to.accept(ascii(line.substring(colon + 2)));
            })
        .toArray(byte[][]::new);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
