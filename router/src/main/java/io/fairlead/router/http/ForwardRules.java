package io.fairlead.router.http;

/**
 * What of a message is not passed on: marks fields as dropped, see {@link Head#isDropped}.
 *
 * <p>Dropped in both directions are the fields of one connection (RFC 9110 7.6.1), everything that
 * {@code Connection} names, what the router writes anew, and names that only the router may use.
 * Deadlines ({@code grpc-timeout}, {@code x-request-timeout-ms}) stay: whoever writes the remaining
 * time drops them.
 */
public final class ForwardRules {
  private static final long HOP_BY_HOP =
      bits(
          FieldId.CONNECTION,
          FieldId.KEEP_ALIVE,
          FieldId.PROXY_CONNECTION,
          FieldId.PROXY_AUTHENTICATE,
          FieldId.PROXY_AUTHORIZATION,
          FieldId.TE,
          FieldId.TRAILER,
          FieldId.TRANSFER_ENCODING,
          FieldId.UPGRADE,
          FieldId.HTTP2_SETTINGS);

  /** Written anew, or echoed, by the router. */
  private static final long REWRITTEN =
      bits(FieldId.CONTENT_LENGTH, FieldId.X_REQUEST_ID, FieldId.X_MS_CLIENT_REQUEST_ID);

  private static final long RESERVED = bits(FieldId.MS_AZUREML, FieldId.X_FAIRLEAD);

  private static final long REQUEST =
      HOP_BY_HOP | REWRITTEN | RESERVED | bits(FieldId.HOST, FieldId.EXPECT);

  private static final long RESPONSE =
      HOP_BY_HOP | REWRITTEN | RESERVED | bits(FieldId.AZUREML_MODEL_DEPLOYMENT);

  private static final long FORWARDED = bits(FieldId.FORWARDED, FieldId.X_FORWARDED);

  /** What {@code Connection} cannot take out of a request. */
  private static final long PROTECTED =
      FORWARDED | bits(FieldId.HOST, FieldId.AUTHORIZATION, FieldId.CONTENT_LENGTH);

  /** RFC 9110 6.5.1, beyond the names that have a number: every one of those is refused. */
  private static final String[] NOT_IN_TRAILERS = {
    "age",
    "cache-control",
    "content-encoding",
    "content-range",
    "expires",
    "location",
    "max-forwards",
    "proxy-authentication-info",
    "range",
    "retry-after",
    "set-cookie",
    "vary",
    "www-authenticate",
  };

  private ForwardRules() {}

  /**
   * Marks what of a request the model does not get.
   *
   * <p>A name with {@code _} goes as well: a WSGI server cannot tell {@code x_forwarded_for} from
   * {@code x-forwarded-for}. For gRPC, where no server reads names so, it is ordinary metadata.
   *
   * @param trustedProxy whether the caller's forwarded fields are believed and kept
   * @param forwardAuthorization whether the endpoint's model wants the caller's credential
   */
  public static void request(Head head, boolean trustedProxy, boolean forwardAuthorization) {
    long dropped = REQUEST;
    dropped |= trustedProxy ? 0 : FORWARDED;
    dropped |= forwardAuthorization ? 0 : 1L << FieldId.AUTHORIZATION;
    dropped |= Grpc.hasContentType(head) ? 0 : 1L << FieldId.WITH_UNDERSCORE;
    drop(head, dropped);
    TraceParent.check(head);
  }

  /** Marks what of a response the caller does not get, when trailers are not passed on. */
  public static void response(Head head) {
    response(head, false);
  }

  /** Marks what of a response the caller does not get. */
  public static void response(Head head, boolean withTrailers) {
    drop(head, withTrailers ? RESPONSE & ~(1L << FieldId.TRAILER) : RESPONSE);
  }

  /** Marks fields that must not come as trailers: framing, routing, credentials, our own. */
  public static void trailers(Head trailers) {
    for (int i = 0; i < trailers.fields(); i++) {
      int id = trailers.id(i);
      if (id == FieldId.OTHER ? isNotInTrailers(trailers, i) : id != FieldId.WITH_UNDERSCORE) {
        trailers.drop(i);
      }
    }
  }

  private static boolean isNotInTrailers(Head trailers, int i) {
    for (String name : NOT_IN_TRAILERS) {
      if (Ascii.is(trailers.bytes(), trailers.nameStart(i), trailers.nameEnd(i), name)) {
        return true;
      }
    }
    return false;
  }

  private static void drop(Head head, long ids) {
    for (int i = 0; i < head.fields(); i++) {
      if ((ids & (1L << head.id(i))) != 0) {
        head.drop(i);
      }
    }
    byte[] bytes = head.bytes();
    for (int i = head.find(FieldId.CONNECTION); i >= 0; i = head.next(FieldId.CONNECTION, i + 1)) {
      int valueEnd = head.valueEnd(i);
      for (int at = head.valueStart(i), end; at < valueEnd; at = end + 1) {
        end = ListField.end(bytes, at, valueEnd);
        int from = ListField.skipBlanks(bytes, at, end);
        dropNamed(head, from, ListField.trimBlanks(bytes, from, end));
      }
    }
  }

  private static void dropNamed(Head head, int from, int to) {
    byte[] bytes = head.bytes();
    for (int i = 0; i < head.fields(); i++) {
      if ((PROTECTED & (1L << head.id(i))) == 0
          && Ascii.equal(bytes, head.nameStart(i), head.nameEnd(i), from, to)) {
        head.drop(i);
      }
    }
  }

  private static long bits(int... ids) {
    long bits = 0;
    for (int id : ids) {
      bits |= 1L << id;
    }
    return bits;
  }
}
