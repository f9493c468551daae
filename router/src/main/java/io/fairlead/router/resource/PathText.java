package io.fairlead.router.resource;

import java.util.Arrays;

/** The rule for paths in resources: what the router would refuse in a request is refused here. */
final class PathText {
  private PathText() {}

  /** Returns whether {@code path} is absolute, printable, and without query or dot segments. */
  static boolean isCanonical(String path) {
    return path.startsWith("/")
        && path.chars().allMatch(c -> c > ' ' && c < 0x7f && "?#;\\%".indexOf(c) < 0)
        && Arrays.stream(path.split("/", -1))
            .noneMatch(part -> part.equals(".") || part.equals(".."));
  }
}
