package io.fairlead.router.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.function.LongSupplier;

/**
 * Reads the process and its virtual machine. Management beans are first asked for at the first
 * scrape: they would cost a start of a fraction of a second a noticeable part of it.
 */
final class ProcessCollector implements MultiCollector {
  private final LongSupplier directMemory;

  ProcessCollector(LongSupplier directMemory) {
    this.directMemory = directMemory;
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    all.metricSnapshot(Points.single(Meter.DIRECT_MEMORY, directMemory.getAsLong()));
    collectMemory(all);
    collectGarbage(all);
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    all.metricSnapshot(Points.single(Meter.THREADS, threads));
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      all.metricSnapshot(Points.single(Meter.CPU_SECONDS, system.getProcessCpuTime() / 1e9));
      all.metricSnapshot(Points.single(Meter.OPEN_FDS, system.getOpenFileDescriptorCount()));
      all.metricSnapshot(Points.single(Meter.MAX_FDS, system.getMaxFileDescriptorCount()));
    }
    return all.build();
  }

  private static void collectMemory(MetricSnapshots.Builder all) {
    Points used = new Points(Meter.MEMORY_USED);
    Points max = new Points(Meter.MEMORY_MAX);
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    add(memory.getHeapMemoryUsage(), "heap", used, max);
    add(memory.getNonHeapMemoryUsage(), "nonheap", used, max);
    all.metricSnapshot(used.snapshot());
    all.metricSnapshot(max.snapshot());
  }

  private static void add(MemoryUsage usage, String area, Points used, Points max) {
    used.add(usage.getUsed(), area);
    if (usage.getMax() >= 0) {
      max.add(usage.getMax(), area);
    }
  }

  private static void collectGarbage(MetricSnapshots.Builder all) {
    Points collections = new Points(Meter.GC_COLLECTIONS);
    Points seconds = new Points(Meter.GC_SECONDS);
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections.add(Math.max(0, gc.getCollectionCount()), gc.getName());
      seconds.add(Math.max(0, gc.getCollectionTime()) / 1e3, gc.getName());
    }
    all.metricSnapshot(collections.snapshot());
    all.metricSnapshot(seconds.snapshot());
  }
}
