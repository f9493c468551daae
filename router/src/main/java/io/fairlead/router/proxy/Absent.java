package io.fairlead.router.proxy;

import io.fairlead.router.http.Head;

/** A caller who is not there: of requests that the router makes itself, it wants the end alone. */
interface Absent extends Downstream {
  @Override
  default void sendContinue() {}

  @Override
  default void inform(Head head) {}

  @Override
  default void readBody(boolean wanted) {}

  @Override
  default boolean isWritable() {
    return true;
  }

  @Override
  default void sendNow() {}

  @Override
  default long unsentBytes() {
    return 0;
  }
}
