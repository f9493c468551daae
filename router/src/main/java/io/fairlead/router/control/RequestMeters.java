package io.fairlead.router.control;

/** The port to whoever keeps the meters. */
public interface RequestMeters {
  /** Makes the recorder of one event loop. */
  RequestRecorder newRecorder();

  /** Says which endpoint and deployment an ordinal stands for, before it is first recorded. */
  void register(int ordinal, String namespace, String endpoint, String deployment);

  /** Says that an ordinal is served no more: its series go away. */
  void retire(int ordinal);

  /** Counts a reload of {@code what} ({@code manifest}, {@code certificate}). */
  void reloaded(String what, boolean accepted);
}
