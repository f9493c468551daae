package io.fairlead.router.proxy;

import io.fairlead.router.Soon;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaks a buffer. Needs {@code io.netty.leakDetection.level=paranoid},
 * which the build sets.
 */
final class Leaks implements BeforeAllCallback, AfterAllCallback {
  private static final List<String> FOUND = new CopyOnWriteArrayList<>();

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Assertions.assertThat(ResourceLeakDetector.getLevel())
        .isEqualTo(ResourceLeakDetector.Level.PARANOID);
    collect(); // what earlier classes left is theirs
    detector().setLeakListener((type, records) -> FOUND.add(type + " " + records));
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    collect();
    detector().setLeakListener(null);
    List<String> found = List.copyOf(FOUND);
    FOUND.clear();
    Assertions.assertThat(found).as("leaked buffers").isEmpty();
  }

  /** The detector that all buffers are tracked by is made before a test could bring its own. */
  private static ResourceLeakDetector<?> detector() throws ReflectiveOperationException {
    Field field = Class.forName("io.netty.buffer.AbstractByteBuf").getDeclaredField("leakDetector");
    field.setAccessible(true);
    return (ResourceLeakDetector<?>) field.get(null);
  }

  /** Collects all that nobody refers to; the detector reports it at the next allocations. */
  private static void collect() {
    for (int i = 0; i < 3; i++) {
      var canary = new WeakReference<>(new Object());
      Soon.become(
          "garbage is collected",
          () -> {
            System.gc();
            return canary.get() == null;
          });
      ByteBuf tracked = PooledByteBufAllocator.DEFAULT.directBuffer(16);
      tracked.release();
    }
  }
}
