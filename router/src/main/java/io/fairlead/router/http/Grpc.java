package io.fairlead.router.http;

/** What makes a request of HTTP/2 one of gRPC (its specification: "gRPC over HTTP2"). */
public final class Grpc {
  private static final String CONTENT_TYPE = "application/grpc";

  private Grpc() {}

  /** Returns whether this is a call: POST, and a content type of gRPC itself, not of gRPC-Web. */
  public static boolean isCall(Head head) {
    return head.method() == Method.POST && hasContentType(head);
  }

  /** Returns whether the content type is {@code application/grpc}, with or without a suffix. */
  public static boolean hasContentType(Head head) {
    int i = head.find(FieldId.CONTENT_TYPE);
    if (i < 0) {
      return false;
    }
    byte[] b = head.bytes();
    int end = head.valueStart(i) + CONTENT_TYPE.length();
    if (!Ascii.startsWith(b, head.valueStart(i), head.valueEnd(i), CONTENT_TYPE)) {
      return false;
    }
    return end == head.valueEnd(i) || b[end] == '+' || b[end] == ';' || Ascii.isBlank(b[end]);
  }
}
