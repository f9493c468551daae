package io.fairlead.router.control;

/** Meters that nobody reads. */
final class NoMeters implements RequestMeters {
  @Override
  public RequestRecorder newRecorder() {
    throw new AssertionError("nobody records here");
  }

  @Override
  public void register(int ordinal, String namespace, String endpoint, String deployment) {}

  @Override
  public void retire(int ordinal) {}

  @Override
  public void reloaded(String what, boolean accepted) {}
}
