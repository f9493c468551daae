package io.fairlead.router.lease;

import io.fairlead.router.election.Reply;
import java.nio.file.Path;

/** Adds one to the terms of a lease again and again, in competition with others. */
final class LeaseWriter {
  private LeaseWriter() {}

  /** Writes {@code args[1]} times to the file {@code args[0]}. */
  public static void main(String[] args) {
    write(new LeaseFile(Path.of(args[0])), Integer.parseInt(args[1]));
  }

  static void write(LeaseFile lease, int times) {
    int left = times;
    while (left > 0) {
      left -= writeOnce(lease) ? 1 : 0;
    }
  }

  private static boolean writeOnce(LeaseFile lease) {
    try {
      Reply written =
          switch (lease.read()) {
            case Reply.Absent _ -> lease.write(LeaseFileTest.held("one", 1), null);
            case Reply.Found found ->
                lease.write(
                    LeaseFileTest.held("one", found.record().transitions() + 1), found.version());
            case Reply other -> other;
          };
      return switch (written) {
        case Reply.Written _ -> true;
        case Reply.Conflict _ -> false;
        case Reply other -> throw new AssertionError(other);
      };
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
