package io.fairlead.router.config;

import io.fairlead.router.model.Limits;
import java.util.List;
import java.util.stream.Stream;

/** The table of all limits: one key for each number of {@link Limits}, in its order. */
public final class LimitOptions {
  /** All of them, in the order of the help. */
  public static final List<Option<?>> ALL =
      Stream.of(MessageOptions.ALL, Http2Options.ALL, UpstreamOptions.ALL, OverloadOptions.ALL)
          .<Option<?>>flatMap(List::stream)
          .toList();

  private LimitOptions() {}

  /** Returns the limits that {@code values} ask for. */
  static Limits limits(Values values) {
    return new Limits(
        MessageOptions.head(values),
        MessageOptions.body(values),
        MessageOptions.connections(values),
        Http2Options.http2(values),
        UpstreamOptions.upstream(values),
        OverloadOptions.overload(values));
  }
}
