package io.fairlead.router;

import io.fairlead.router.model.Limits;
import io.fairlead.router.overload.OverloadGauge;
import io.fairlead.router.overload.OverloadState;
import io.fairlead.router.overload.Reading;
import io.fairlead.router.overload.Resource;
import io.fairlead.router.overload.Sustained;
import io.fairlead.router.proxy.Proxy;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once a second how short the router is of anything, and tells the data path. */
final class OverloadWatch {
  private static final Logger LOG = LoggerFactory.getLogger(OverloadWatch.class);

  /** Below it nobody needs to know how much of the heap is garbage, which is dear to ask. */
  private static final int CLEARLY_ENOUGH_PERCENT = 85;

  private final Limits.Overload limits;
  private final Proxy proxy;
  private final Status status;
  private final OverloadGauge gauge;
  private final Sustained lag = new Sustained();
  private final long mostDescriptors = FileDescriptors.limit();
  private final @Nullable CgroupMemory cgroup =
      CgroupMemory.find(Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup"));

  OverloadWatch(Limits.Overload limits, Proxy proxy, Status status) {
    this.limits = limits;
    this.proxy = proxy;
    this.status = status;
    this.gauge = new OverloadGauge(limits);
  }

  /** Takes all readings and acts on them. */
  void turn(long nowNanos) {
    OverloadState before = status.overload();
    OverloadState now = gauge.update(read(nowNanos));
    status.overload(now);
    if (now.stage() != before.stage()) {
      LOG.warn("overload: {} after {}: {}", now.stage(), before.stage(), now.readings());
      proxy.overload(now);
    }
  }

  private List<Reading> read(long nowNanos) {
    List<Reading> readings = new ArrayList<>();
    long mostHeap = Runtime.getRuntime().maxMemory();
    readings.add(Reading.of(Resource.HEAP, heap(mostHeap), mostHeap));
    // what the pool holds and has no use for is not scarce
    long direct = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    readings.add(Reading.of(Resource.DIRECT_MEMORY, direct, PlatformDependent.maxDirectMemory()));
    long mostGroup = cgroup == null ? -1 : cgroup.most();
    if (cgroup != null && mostGroup > 0) {
      readings.add(Reading.of(Resource.CGROUP_MEMORY, cgroup.used(), mostGroup));
    }
    long open = FileDescriptors.open();
    if (open >= 0) {
      readings.add(Reading.of(Resource.DESCRIPTORS, open, mostDescriptors));
    }
    long late = lag.of(proxy.lagNanos(nowNanos));
    readings.add(Reading.of(Resource.LOOP_LAG, late, limits.maxLoopLag().toNanos()));
    return readings;
  }

  /** Returns what of the heap is in use, without what is known to be garbage. */
  private static long heap(long most) {
    Runtime runtime = Runtime.getRuntime();
    long used = runtime.totalMemory() - runtime.freeMemory();
    if (used < most / 100 * CLEARLY_ENOUGH_PERCENT) {
      return used;
    }
    long kept = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage afterCollection = pool.getCollectionUsage();
      if (pool.getType() == MemoryType.HEAP && afterCollection != null) {
        kept += afterCollection.getUsed();
      }
    }
    return Math.min(used, kept);
  }
}
