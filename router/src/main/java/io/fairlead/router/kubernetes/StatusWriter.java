package io.fairlead.router.kubernetes;

import io.fairlead.router.resource.ClusterObject;
import io.fairlead.router.resource.Report;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is to be said of resources into their status, and news of them as Events, as long as
 * this router leads. Runs on a thread of its own until that is interrupted; told by any.
 *
 * <p>Nothing is written that a resource says already, no more often than {@link WritePace} has it,
 * and of one resource no more than once in two seconds: what comes and goes faster is not worth a
 * write. Nor is a number of replicas that has not rested yet ({@link CountRest}).
 */
public final class StatusWriter implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
  private static final String APPLY = "application/apply-patch+yaml";
  private static final String AS = "?fieldManager=fairlead&force=true";

  private static final long LOOK_MILLIS = 1_000;
  private static final long SERVICE_NANOS = 10_000_000_000L;
  private static final long AGAIN_NANOS = 2_000_000_000L;
  private static final long FAILED_NANOS = 10_000_000_000L;

  /** What was written is seen again by then, or it did not become what it should. */
  private static final long UNSEEN_NANOS = 30_000_000_000L;

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private static final class Entry {
    private String written = "";
    private long writtenAt;
    private long notBefore = Long.MIN_VALUE / 2;

    /** What its resource says, at most with other counts than it should; null if that differs. */
    private @Nullable Report said;

    private @Nullable String saidUri;
    private CountRest rest = new CountRest();

    /** Returns whether the resource is known to say so, counts aside. */
    boolean isSaidButForCounts(Report report, @Nullable String scoringUri) {
      return said != null && report.isRecountOf(said) && Objects.equals(scoringUri, saidUri);
    }

    /** Notes what its resource says now; a rest goes on as long as only counts differ. */
    void says(@Nullable Report report, @Nullable String scoringUri) {
      said = report;
      saidUri = scoringUri;
      if (report == null) {
        rest = new CountRest();
      } else {
        written = ""; // and seen
      }
    }
  }

  /**
   * Who writes, and what he knows of the world outside.
   *
   * @param self names this router in Events
   * @param leads whether it may write now
   * @param publicBaseUrl what scoring addresses begin with; null for the service's
   * @param service {@code NAMESPACE/NAME} of the Service that callers use; null for none
   */
  public record Author(
      String self,
      BooleanSupplier leads,
      @Nullable String publicBaseUrl,
      @Nullable String service) {}

  private final ApiClient client;
  private final Author author;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final EventWriter events;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Contact contact;
  private final WritePace pace;
  private List<Report> told = List.of();
  private boolean isNew;
  private int turn; // whose it is: all have one, however often others change
  private @Nullable String baseUrl;
  private long baseUrlDueAt = Long.MIN_VALUE / 2;

  /** Makes one that has nothing to say. */
  public StatusWriter(ApiClient client, Author author, InstantSource clock, LongSupplier nanos) {
    this.client = client;
    this.author = author;
    this.clock = clock;
    this.nanos = nanos;
    this.events = new EventWriter(client, author.self(), nanos);
    this.contact = new Contact(nanos);
    this.pace = new WritePace(nanos.getAsLong());
    this.baseUrl = author.publicBaseUrl();
  }

  /** Says what is to be said of all resources there are. */
  public synchronized void tell(List<Report> reports) {
    told = reports;
    isNew = true;
    notifyAll();
  }

  @Override
  public void run() {
    try {
      while (true) {
        List<Report> reports = await();
        if (author.leads().getAsBoolean()) {
          write(reports);
        } else {
          entries.clear(); // another writes, and what was seen then is long ago
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // that is how it ends
    }
  }

  /** Also returns after a while: what could not be written then may be now. */
  private synchronized List<Report> await() throws InterruptedException {
    if (!isNew) {
      TimeUnit.MILLISECONDS.timedWait(this, LOOK_MILLIS);
    }
    isNew = false;
    return told;
  }

  private synchronized boolean isNew() {
    return isNew;
  }

  private void write(List<Report> reports) throws InterruptedException {
    findBaseUrl();
    forgetOthers(reports);
    for (int i = 0; i < reports.size(); i++) {
      // What this one says may be out of date, or another router's to say.
      if (isNew() || !author.leads().getAsBoolean() || Thread.currentThread().isInterrupted()) {
        return;
      }
      int place = (turn + i) % reports.size();
      Report report = reports.get(place);
      Entry entry = entries.computeIfAbsent(report.object().uid(), uid -> new Entry());
      if (entry.notBefore - nanos.getAsLong() <= 0 && write(report, entry)) {
        turn = place + 1;
        Thread.sleep(pace.pauseMillis(nanos.getAsLong()));
      }
    }
  }

  private void forgetOthers(List<Report> reports) {
    Set<String> known = new HashSet<>();
    reports.forEach(report -> known.add(report.object().uid()));
    entries.keySet().retainAll(known);
    events.forgetOthers(known);
  }

  /** Returns whether the API server was asked for anything. */
  private boolean write(Report report, Entry entry) throws InterruptedException {
    ClusterObject object = report.object();
    try {
      String scoringUri = scoringUri(report);
      Instant now = clock.instant();
      if (!entry.isSaidButForCounts(report, scoringUri)) {
        entry.says(new WantedStatus(report, scoringUri, now).said(), scoringUri);
      }
      long nowNanos = nanos.getAsLong();
      Report said = entry.said;
      if (said != null && !entry.rest.isDue(said.counts(), report.counts(), nowNanos)) {
        return false;
      }
      WantedStatus status = new WantedStatus(report, scoringUri, now);
      if (status.text().equals(entry.written) && nowNanos - entry.writtenAt < UNSEEN_NANOS) {
        return false;
      }
      entry.notBefore = nowNanos + AGAIN_NANOS;
      client.patch(Paths.status(object) + AS, APPLY, status.patch());
      entry.rest = new CountRest();
      entry.written = status.text();
      entry.writtenAt = nowNanos;
      events.write(object, status.news(), now);
      contact.heard();
      return true;
    } catch (ApiFailure e) {
      // Gone or made anew meanwhile: the watch will tell.
      return e.code() == NOT_FOUND || e.code() == CONFLICT || failed(object, entry, e);
    } catch (InterruptedIOException e) {
      throw new InterruptedException();
    } catch (IOException | RuntimeException e) {
      return failed(object, entry, e);
    }
  }

  private boolean failed(ClusterObject object, Entry entry, Exception failure) {
    entry.notBefore = nanos.getAsLong() + FAILED_NANOS;
    if (contact.failed(Failures.text(failure))) {
      LOG.warn("status of {}: {}; later again", object.title(), Failures.text(failure));
    }
    return true;
  }

  // ---- addresses

  private @Nullable String scoringUri(Report report) {
    if (!(report instanceof Report.OfEndpoint endpoint)) {
      return null;
    }
    String base = endpoint.publicBaseUrl() == null ? baseUrl : endpoint.publicBaseUrl();
    if (base == null) {
      return null;
    }
    String place = endpoint.hasShortPath() ? "" : "ns/" + endpoint.object().namespace() + "/";
    String stem = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    return stem + "/api/v1/" + place + "endpoint/" + endpoint.object().name() + "/score";
  }

  private void findBaseUrl() {
    long now = nanos.getAsLong();
    String service = author.service();
    if (author.publicBaseUrl() != null || service == null || baseUrlDueAt - now > 0) {
      return;
    }
    baseUrlDueAt = now + SERVICE_NANOS;
    try {
      baseUrl = ServiceAddress.of(JsonTree.read(client.get(Paths.service(service))));
    } catch (IOException | RuntimeException e) {
      if (contact.failed(Failures.text(e))) {
        LOG.warn("Service {}: {}; scoring addresses are as they were", service, Failures.text(e));
      }
    }
  }
}
