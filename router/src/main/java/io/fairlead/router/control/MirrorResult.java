package io.fairlead.router.control;

/** What became of a copy of a live request. */
public enum MirrorResult {
  SUCCESS("2xx"),
  REDIRECTION("3xx"),
  CLIENT_ERROR("4xx"),
  SERVER_ERROR("5xx"),
  /** The model answered with a status that no standard defines. */
  OTHER("other"),
  /** There was no connection, no response in time, or no whole one. */
  FAILED("failed"),
  /** It was not sent: the mirror had no free slot. */
  NO_SLOT("no_slot"),
  /** It was not sent: the body was longer than what is kept of it. */
  TOO_LARGE("too_large"),
  /** It was not sent: there were too many copies already, or the router was short of something. */
  TOO_MANY("too_many");

  private final String text;

  MirrorResult(String text) {
    this.text = text;
  }

  /** Returns the value of the tag. */
  public String text() {
    return text;
  }

  /** Returns what a model's status means. */
  public static MirrorResult of(int status) {
    return switch (status / 100) {
      case 2 -> SUCCESS;
      case 3 -> REDIRECTION;
      case 4 -> CLIENT_ERROR;
      case 5 -> SERVER_ERROR;
      default -> OTHER;
    };
  }
}
