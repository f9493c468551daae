package io.fairlead.router.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.control.Decision;
import io.fairlead.router.control.DecisionQuery;
import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestObserver;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.model.RouterError;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionJournalTest {
  private static final DecisionQuery ALL = new DecisionQuery(null, null, null, 1_000);

  private final DecisionJournal journal =
      new DecisionJournal(4, 2, InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_000L)));
  private final RequestObserver loop = journal.newObserver(new Unheard());

  @Test
  void remembersEachFailureAndNoSuccessThatNobodyWanted() {
    loop.ended(new SampleFacts(1_000_000));
    loop.ended(refusal(2_000_000, RouterError.QUEUE_TIMEOUT));
    assertThat(journal.find(ALL))
        .extracting(Decision::error)
        .containsExactly(RouterError.QUEUE_TIMEOUT);
  }

  @Test
  void keepsWhatWasSaid() {
    SampleFacts facts = refusal(5_000_000, RouterError.QUEUE_TIMEOUT);
    facts.request("POST", "/api/v1/endpoint/echo/score?key=hunter2");
    facts.field("authorization", "Bearer hunter2");
    facts.clientId("mine");
    facts.queuePosition = 3;
    loop.ended(facts);
    Decision decision = journal.find(ALL).getFirst();
    assertThat(decision.requestId()).isEqualTo("00000000-0000-4000-8000-000000000000");
    assertThat(decision.clientRequestId()).isEqualTo("mine");
    assertThat(decision.path()).isEqualTo("/api/v1/endpoint/echo/score");
    assertThat(decision.endpointName()).isEqualTo("echo");
    assertThat(decision.status()).isEqualTo(503);
    assertThat(decision.detail()).isEqualTo("waited too long for a free slot");
    assertThat(decision.queuePosition()).isEqualTo(3);
    assertThat(decision.atMillis()).isEqualTo(1_700_000_000_000L);
    assertThat(decision.phases().totalNanos()).isEqualTo(1_000_000);
    assertThat(decision.candidates()).isNull();
  }

  @Test
  void cutsALongPath() {
    SampleFacts facts = refusal(1, RouterError.ENDPOINT_NOT_FOUND);
    facts.request("GET", "/" + "a".repeat(500));
    loop.ended(facts);
    assertThat(journal.find(ALL).getFirst().path()).hasSize(195).endsWith("a...");
  }

  @Test
  void forgetsTheOldestFirstAndAnswersTheNewestFirst() {
    for (int i = 1; i <= 6; i++) {
      loop.ended(refusal(i * 1_000_000L, RouterError.QUEUE_TIMEOUT));
    }
    assertThat(journal.find(ALL))
        .extracting(decision -> decision.phases().endNanos() / 1_000_000)
        .containsExactly(6L, 5L, 4L, 3L);
  }

  @Test
  void successesDoNotPushFailuresOut() {
    loop.ended(refusal(1_000_000, RouterError.QUEUE_TIMEOUT));
    for (int i = 2; i <= 20; i++) {
      SampleFacts good = new SampleFacts(i * 1_000_000L);
      good.sampled = true;
      loop.ended(good);
    }
    assertThat(journal.find(ALL)).extracting(Decision::status).containsExactly(200, 200, 503);
  }

  @Test
  void findsByIdEndpointAndReasonOverAllLoops() {
    RequestObserver other = journal.newObserver(new Unheard());
    SampleFacts wanted = refusal(1, RouterError.QUEUE_TIMEOUT);
    wanted.id("0badcafe-0000-4000-8000-000000000001");
    other.ended(wanted);
    SampleFacts lost = refusal(2, RouterError.ENDPOINT_NOT_FOUND);
    lost.routed = false;
    loop.ended(lost);
    assertThat(find("0BADCAFE-0000-4000-8000-000000000001", null, null)).hasSize(1);
    assertThat(find("0badcafe-0000-4000-8000-000000000002", null, null)).isEmpty();
    assertThat(find(null, "echo", null)).extracting(Decision::status).containsExactly(503);
    assertThat(find(null, null, RouterError.ENDPOINT_NOT_FOUND)).hasSize(1);
    assertThat(journal.find(new DecisionQuery(null, null, null, 1)))
        .extracting(Decision::error)
        .containsExactly(RouterError.ENDPOINT_NOT_FOUND);
  }

  @Test
  void canBeTurnedOff() {
    DecisionJournal none = new DecisionJournal(0, 0, InstantSource.system());
    none.newObserver(new Unheard()).ended(refusal(1, RouterError.QUEUE_TIMEOUT));
    assertThat(none.find(ALL)).isEmpty();
  }

  @Test
  void whoReadsWhileItIsWrittenSeesOneRequestAndNoMixture() throws InterruptedException {
    var done = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 1; !done.get(); i = i % 1_000 + 1) {
                    SampleFacts facts = refusal(i, RouterError.QUEUE_TIMEOUT);
                    facts.requestBytes = i;
                    facts.responseBytes = -i;
                    facts.queuePosition = i;
                    facts.id("00000000-0000-4000-8000-%012d".formatted(i));
                    loop.ended(facts);
                  }
                });
    int seen = 0;
    while (seen < 20_000) {
      for (Decision decision : journal.find(ALL)) {
        seen++;
        long i = decision.requestBytes();
        assertThat(decision.responseBytes()).isEqualTo(-i);
        assertThat(decision.queuePosition()).isEqualTo((int) i);
        assertThat(decision.phases().endNanos()).isEqualTo(i);
        assertThat(decision.requestId()).endsWith("%012d".formatted(i));
      }
    }
    done.set(true);
    writer.join();
  }

  @Test
  void rememberingAllocatesNothingOnceTheRingIsFull() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    SampleFacts facts = refusal(1, RouterError.QUEUE_TIMEOUT);
    for (int i = 0; i < 10; i++) {
      loop.ended(facts);
    }
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1_000; i++) {
      loop.ended(facts);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000);
  }

  private List<Decision> find(
      @Nullable String id, @Nullable String endpoint, @Nullable RouterError reason) {
    return journal.find(new DecisionQuery(id, endpoint, reason, 1_000));
  }

  private static SampleFacts refusal(long endNanos, RouterError why) {
    return new SampleFacts(endNanos).refused(why, 503);
  }

  /** Counts nothing. */
  static final class Unheard implements RequestRecorder {
    @Override
    public void finished(
        int ordinal,
        int status,
        @Nullable RouterError error,
        long totalNanos,
        long queueNanos,
        long receiveNanos,
        long upstreamNanos) {}

    @Override
    public void count(ProxyEvent event) {}
  }
}
