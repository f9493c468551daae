package io.fairlead.router.tls;

import java.util.List;

/** What a look at the certificate's files came to. */
public sealed interface ReloadResult {
  /** The files are as they were, or as bad as they were: nothing new to say. */
  record Unchanged() implements ReloadResult {}

  /** New connections are made with {@code identity}; those there are keep theirs. */
  record Swapped(Identity identity) implements ReloadResult {}

  /** The files changed into something unusable; the old identity keeps serving. */
  record Refused(List<String> lines) implements ReloadResult {
    public Refused {
      lines = List.copyOf(lines);
    }
  }
}
