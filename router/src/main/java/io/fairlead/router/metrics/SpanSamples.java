package io.fairlead.router.metrics;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last request with a span in each bucket of the request's duration, by code class: so that
 * there is one of the slow ones too. One event loop writes, others read.
 */
@SuppressWarnings("EnumOrdinal") // an array index for the life of a process, never stored
final class SpanSamples {
  private static final Buckets BUCKETS = Phase.REQUEST.buckets();

  private final AtomicReferenceArray<@Nullable SpanSample> last =
      new AtomicReferenceArray<>(CodeClass.values().length * BUCKETS.count());

  void add(CodeClass codeClass, SpanSample sample) {
    int bucket = BUCKETS.indexOf(Math.max(0, sample.totalNanos()));
    last.setRelease(firstOf(codeClass) + bucket, sample);
  }

  void forEach(CodeClass codeClass, Consumer<SpanSample> visitor) {
    int first = firstOf(codeClass);
    for (int i = first; i < first + BUCKETS.count(); i++) {
      SpanSample sample = last.getAcquire(i);
      if (sample != null) {
        visitor.accept(sample);
      }
    }
  }

  private static int firstOf(CodeClass codeClass) {
    return codeClass.ordinal() * BUCKETS.count();
  }
}
