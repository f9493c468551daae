package io.fairlead.router.jwks;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what sources say. */
final class Notes implements KeySetListener {
  final List<String> lines = new CopyOnWriteArrayList<>();

  @Override
  public void taken(String source, String detail) {
    lines.add(source + " taken: " + detail);
  }

  @Override
  public void failed(String source, String why) {
    lines.add(source + " failed: " + why);
  }
}
