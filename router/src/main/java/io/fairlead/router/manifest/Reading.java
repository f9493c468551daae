package io.fairlead.router.manifest;

import io.fairlead.router.model.ClusterState;
import io.fairlead.router.resource.Problem;
import java.util.List;

/** What a directory of manifests was found to say. */
public sealed interface Reading {
  /**
   * Every document is sound.
   *
   * @param files read, of the names that count
   * @param secrets found and checked
   */
  record Accepted(ClusterState state, int files, int secrets) implements Reading {}

  /**
   * At least one document is not, so none applies.
   *
   * @param problems all of them, in the order of files and lines; never empty
   */
  record Refused(List<Problem> problems) implements Reading {
    public Refused {
      problems = List.copyOf(problems);
      if (problems.isEmpty()) {
        throw new IllegalArgumentException("problems: none (expected: at least one)");
      }
    }
  }
}
