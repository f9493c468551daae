package io.fairlead.router.jwks;

import java.net.URI;

/** Gets a document; blocks, for a bounded time. */
@FunctionalInterface
interface Fetch {
  /**
   * Returns the document.
   *
   * @throws FetchFailure if there is none, or too much of it
   */
  String get(URI uri) throws FetchFailure, InterruptedException;
}
