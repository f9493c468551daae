package io.fairlead.router.http;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Small numbers for the field names that a rule of the router knows; everything else is {@link
 * #OTHER}.
 *
 * <p>A head scanner gives each field its number once, so that no later rule compares names.
 */
public final class FieldId {
  public static final int OTHER = 0;
  public static final int HOST = 1;
  public static final int CONTENT_LENGTH = 2;
  public static final int TRANSFER_ENCODING = 3;
  public static final int CONNECTION = 4;
  public static final int KEEP_ALIVE = 5;
  public static final int PROXY_CONNECTION = 6;
  public static final int UPGRADE = 7;
  public static final int TE = 8;
  public static final int TRAILER = 9;
  public static final int EXPECT = 10;
  public static final int AUTHORIZATION = 11;
  public static final int PROXY_AUTHORIZATION = 12;
  public static final int PROXY_AUTHENTICATE = 13;
  public static final int FORWARDED = 14;

  /** {@code x-forwarded-for}, {@code -proto}, {@code -host}, {@code -port} and any other. */
  public static final int X_FORWARDED = 15;

  public static final int X_REQUEST_ID = 16;
  public static final int X_MS_CLIENT_REQUEST_ID = 17;
  public static final int AZUREML_MODEL_DEPLOYMENT = 18;

  /** {@code ms-azureml-} followed by anything. */
  public static final int MS_AZUREML = 19;

  /** {@code x-fairlead-} followed by anything. */
  public static final int X_FAIRLEAD = 20;

  public static final int CONTENT_TYPE = 21;
  public static final int TRACEPARENT = 22;
  public static final int TRACESTATE = 23;
  public static final int X_REQUEST_TIMEOUT_MS = 24;
  public static final int GRPC_TIMEOUT = 25;
  public static final int ORIGIN = 26;
  public static final int SERVER = 27;
  public static final int DATE = 28;
  public static final int HTTP2_SETTINGS = 29;
  public static final int COOKIE = 30;
  public static final int AZUREML_MODEL_ENDPOINT = 31;
  public static final int X_MS_RUN_FUNCTION_FAILED = 32;

  /** Any other name with a {@code _}, which some servers read as {@code -}. */
  public static final int WITH_UNDERSCORE = 33;

  /** {@code access-control-} followed by anything: what a browser asks, and is told, of a page. */
  public static final int ACCESS_CONTROL = 34;

  private static final String X_FORWARDED_PREFIX = "x-forwarded-";
  private static final String X_FAIRLEAD_PREFIX = "x-fairlead-";
  private static final String MS_AZUREML_PREFIX = "ms-azureml-";
  private static final String ACCESS_CONTROL_PREFIX = "access-control-";

  /** The names known in full, by number; empty for the others. */
  private static final String[] NAMES = new String[WITH_UNDERSCORE];

  /** The numbers of the names of each length. */
  private static final int[][] BY_LENGTH = new int[25][];

  /** The names of eight characters and more as words; the last one holds the last eight. */
  private static final long[][] WORDS = new long[NAMES.length][];

  /**
   * Makes capital letters of a word small. What else it changes is no token character, or becomes
   * one that no known name has.
   */
  private static final long LOWER = 0x2020202020202020L;

  static {
    Arrays.fill(NAMES, "");
    NAMES[HOST] = "host";
    NAMES[CONTENT_LENGTH] = "content-length";
    NAMES[TRANSFER_ENCODING] = "transfer-encoding";
    NAMES[CONNECTION] = "connection";
    NAMES[KEEP_ALIVE] = "keep-alive";
    NAMES[PROXY_CONNECTION] = "proxy-connection";
    NAMES[UPGRADE] = "upgrade";
    NAMES[TE] = "te";
    NAMES[TRAILER] = "trailer";
    NAMES[EXPECT] = "expect";
    NAMES[AUTHORIZATION] = "authorization";
    NAMES[PROXY_AUTHORIZATION] = "proxy-authorization";
    NAMES[PROXY_AUTHENTICATE] = "proxy-authenticate";
    NAMES[FORWARDED] = "forwarded";
    NAMES[X_REQUEST_ID] = "x-request-id";
    NAMES[X_MS_CLIENT_REQUEST_ID] = "x-ms-client-request-id";
    NAMES[AZUREML_MODEL_DEPLOYMENT] = "azureml-model-deployment";
    NAMES[CONTENT_TYPE] = "content-type";
    NAMES[TRACEPARENT] = "traceparent";
    NAMES[TRACESTATE] = "tracestate";
    NAMES[X_REQUEST_TIMEOUT_MS] = "x-request-timeout-ms";
    NAMES[GRPC_TIMEOUT] = "grpc-timeout";
    NAMES[ORIGIN] = "origin";
    NAMES[SERVER] = "server";
    NAMES[DATE] = "date";
    NAMES[HTTP2_SETTINGS] = "http2-settings";
    NAMES[COOKIE] = "cookie";
    NAMES[AZUREML_MODEL_ENDPOINT] = "azureml-model-endpoint";
    NAMES[X_MS_RUN_FUNCTION_FAILED] = "x-ms-run-function-failed";
    for (int length = 0; length < BY_LENGTH.length; length++) {
      int wanted = length;
      BY_LENGTH[length] =
          IntStream.range(0, NAMES.length)
              .filter(id -> !NAMES[id].isEmpty() && NAMES[id].length() == wanted)
              .toArray();
    }
    for (int id = 0; id < NAMES.length; id++) {
      WORDS[id] = words(NAMES[id]);
    }
  }

  private FieldId() {}

  private static long[] words(String name) {
    int length = name.length();
    return IntStream.range(0, length < 8 ? 0 : (length + 7) / 8)
        .map(k -> Math.min(8 * k, length - 8))
        .mapToLong(at -> Ascii.word(name.substring(at, at + 8)))
        .toArray();
  }

  /** Returns the number of the name in {@code bytes[from, to)}, a token of any case. */
  public static int of(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length < BY_LENGTH.length) {
      for (int id : BY_LENGTH[length]) {
        if (length < 8 ? Ascii.startsWith(bytes, from, to, NAMES[id]) : is(bytes, from, to, id)) {
          return id;
        }
      }
    }
    return length == 0 ? OTHER : ofFamily(bytes, from, to);
  }

  private static boolean is(byte[] bytes, int from, int to, int id) {
    long[] words = WORDS[id];
    int last = words.length - 1;
    for (int k = 0; k < last; k++) {
      if ((Ascii.word(bytes, from + 8 * k) | LOWER) != words[k]) {
        return false;
      }
    }
    return (Ascii.word(bytes, to - 8) | LOWER) == words[last];
  }

  private static int ofFamily(byte[] bytes, int from, int to) {
    int first = Ascii.lower(bytes[from]);
    if (first == 'x') {
      if (Ascii.startsWith(bytes, from, to, X_FORWARDED_PREFIX)) {
        return X_FORWARDED;
      }
      if (Ascii.startsWith(bytes, from, to, X_FAIRLEAD_PREFIX)) {
        return X_FAIRLEAD;
      }
    } else if (first == 'm' && Ascii.startsWith(bytes, from, to, MS_AZUREML_PREFIX)) {
      return MS_AZUREML;
    } else if (first == 'a' && Ascii.startsWith(bytes, from, to, ACCESS_CONTROL_PREFIX)) {
      return ACCESS_CONTROL;
    }
    for (int i = from; i < to; i++) {
      if (bytes[i] == '_') {
        return WITH_UNDERSCORE;
      }
    }
    return OTHER;
  }
}
