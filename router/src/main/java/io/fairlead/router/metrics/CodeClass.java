package io.fairlead.router.metrics;

/** The hundreds of a status code. */
enum CodeClass {
  /** The caller left before a status was sent. */
  NONE("none"),
  INFORMATIONAL("1xx"),
  SUCCESS("2xx"),
  REDIRECTION("3xx"),
  CLIENT_ERROR("4xx"),
  SERVER_ERROR("5xx"),
  /** What no standard defines. */
  OTHER("other");

  private static final CodeClass[] BY_HUNDREDS = values();

  private final String tag;

  CodeClass(String tag) {
    this.tag = tag;
  }

  String tag() {
    return tag;
  }

  static CodeClass of(int status) {
    return BY_HUNDREDS[Math.min(status / 100, BY_HUNDREDS.length - 1)];
  }
}
