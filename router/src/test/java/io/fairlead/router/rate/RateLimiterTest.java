package io.fairlead.router.rate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.RateLimit;
import io.fairlead.router.model.RateLimit.Per;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimiterTest {
  private static final long SECOND = 1_000_000_000L;

  private long now = 7 * SECOND;

  private static RateLimiter limiter(int rate, int burst, Per per) {
    return new RateLimiter("echo", new RateLimit(rate, burst, per));
  }

  private int admitted(RateLimiter limiter, int asked) {
    int in = 0;
    for (int i = 0; i < asked; i++) {
      in += limiter.tryAcquire(0, now) == 0 ? 1 : 0;
    }
    return in;
  }

  @Test
  void letsABurstInAtOnceAndThenTheRate() {
    RateLimiter limiter = limiter(10, 25, Per.ENDPOINT);

    assertThat(admitted(limiter, 100)).isEqualTo(25);
    now += SECOND;
    assertThat(admitted(limiter, 100)).isEqualTo(10);
    now += 100 * SECOND;
    assertThat(admitted(limiter, 100)).as("never more than the burst").isEqualTo(25);
  }

  @Test
  void foreseesWithoutLettingAnybodyIn() {
    RateLimiter limiter = limiter(10, 1, Per.KEY);
    assertThat(limiter.foresee(1, now)).as("nobody has come").isZero();
    assertThat(limiter.foresee(1, now)).as("and nobody has").isZero();
    assertThat(limiter.tryAcquire(1, now)).isZero();
    assertThat(limiter.foresee(2, now)).as("another caller").isZero();
    assertThat(limiter.foresee(1, now)).isEqualTo(SECOND / 10);
    assertThat(limiter.tryAcquire(1, now)).isEqualTo(SECOND / 10);
    assertThat(limiter.foresee(1, now + SECOND / 10)).isZero();
    assertThat(limiter.tryAcquire(1, now + SECOND / 10)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1", "7, 4", "999_999, 1", "1_000_000, 1_000_000", "1, 1_000_000"})
  void tellsTheTruthAboutTheNextToken(String rateText, String burstText) {
    int burst = Integer.parseInt(burstText.replace("_", ""));
    RateLimiter limiter = limiter(Integer.parseInt(rateText.replace("_", "")), burst, Per.ENDPOINT);
    admitted(limiter, burst);

    long wait = limiter.tryAcquire(0, now);
    assertThat(wait).isPositive();
    assertThat(limiter.tryAcquire(0, now + wait - 1)).isEqualTo(1);
    assertThat(limiter.tryAcquire(0, now + wait)).isZero();
  }

  /** A third of a second is no whole number of nanoseconds; a million of them must add up. */
  @Test
  void losesAndGainsNothingByRounding() {
    RateLimiter limiter = limiter(3, 2, Per.ENDPOINT);
    admitted(limiter, 2);

    int in = 0;
    long start = now;
    for (long passed = 0; passed <= 1_000 * SECOND; passed += 13_579_111) {
      now = start + passed;
      in += admitted(limiter, 2);
    }
    long tokens = (now - start) * 3 / SECOND;
    assertThat(in).isEqualTo((int) tokens);

    now = start + 1_000 * SECOND + 333_333_334L;
    assertThat(limiter.tryAcquire(0, now)).as("the thousand and first third").isZero();
  }

  /** Compared with a bucket of unbounded fractions, over rates, bursts and gaps of all sizes. */
  @Test
  void decidesAsExactArithmeticWould() {
    long seed = 20261107;
    var random = new SplittableRandom(seed);
    for (int run = 0; run < 200; run++) {
      int rate = 1 + random.nextInt(run % 2 == 0 ? 20 : 1_000_000);
      int burst = 1 + random.nextInt(run % 3 == 0 ? 1_000_000 : 5);
      RateLimiter limiter = limiter(rate, burst, Per.ENDPOINT);
      BigInteger capacity = BigInteger.valueOf(burst * SECOND);
      BigInteger level = capacity;
      long at = random.nextLong(SECOND);
      limiter.tryAcquire(0, at);
      level = level.subtract(BigInteger.valueOf(SECOND));
      for (int i = 0; i < 200; i++) {
        long gap = random.nextLong(1L << random.nextInt(62)) & (Long.MAX_VALUE >> 2);
        gap = Math.min(gap, Long.MAX_VALUE / 2 - at);
        at += gap;
        level = level.add(BigInteger.valueOf(gap).multiply(BigInteger.valueOf(rate))).min(capacity);
        boolean in = limiter.tryAcquire(0, at) == 0;
        boolean expected = level.compareTo(BigInteger.valueOf(SECOND)) >= 0;
        assertThat(in).as("seed %d run %d step %d", seed, run, i).isEqualTo(expected);
        if (in) {
          level = level.subtract(BigInteger.valueOf(SECOND));
        }
      }
    }
  }

  @Test
  void bearsAClockThatIsALittleBehind() {
    RateLimiter limiter = limiter(10, 1, Per.ENDPOINT);
    admitted(limiter, 1);

    long wait = limiter.tryAcquire(0, now - 1_000);
    assertThat(wait).isEqualTo(SECOND / 10 + 1_000);
    assertThat(limiter.tryAcquire(0, now - 1_000 + wait)).isZero();
  }

  @Test
  void refusalsTakeNothing() {
    RateLimiter limiter = limiter(1, 1, Per.ENDPOINT);
    admitted(limiter, 1_000);

    now += SECOND;
    assertThat(limiter.tryAcquire(0, now)).isZero();
  }

  @Test
  void givesEachCredentialABucketOfItsOwn() {
    RateLimiter limiter = limiter(1, 2, Per.KEY);
    for (long caller : new long[] {1, 2, -77, 0}) {
      assertThat(limiter.tryAcquire(caller, now)).isZero();
      assertThat(limiter.tryAcquire(caller, now)).isZero();
      assertThat(limiter.tryAcquire(caller, now)).isEqualTo(SECOND);
    }
  }

  @Test
  void countsAllCallersOfAnEndpointTogether() {
    RateLimiter limiter = limiter(1, 2, Per.ENDPOINT);
    assertThat(limiter.tryAcquire(1, now)).isZero();
    assertThat(limiter.tryAcquire(2, now)).isZero();
    assertThat(limiter.tryAcquire(3, now)).isPositive();
  }

  @Test
  void forgetsWhoeverWasSilentForLongest() {
    RateLimiter limiter = limiter(1, 1, Per.KEY);
    for (long caller = 0; caller < RateLimiter.MOST_CALLERS; caller++) {
      limiter.tryAcquire(caller, now);
    }
    assertThat(limiter.tryAcquire(0, now)).as("heard again, and not forgotten").isPositive();
    limiter.tryAcquire(RateLimiter.MOST_CALLERS, now);

    assertThat(limiter.tryAcquire(0, now)).isPositive();
    assertThat(limiter.tryAcquire(2, now)).isPositive();
    assertThat(limiter.tryAcquire(1, now)).as("the oldest had to go").isZero();
  }

  @Test
  void saysWhatTheLimitIs() {
    assertThat(limiter(10, 20, Per.KEY).refusal())
        .isEqualTo(
            new Refusal(
                RouterError.RATE_LIMITED,
                "the rate limit of this credential at endpoint echo is reached (expected: at most"
                    + " 10 requests per second, 20 at once)"));
  }

  @Test
  void severalThreadsShareOneBucket() throws InterruptedException {
    RateLimiter limiter = limiter(1, 10_000, Per.ENDPOINT);
    var in = new AtomicInteger();
    var start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await();
                    } catch (InterruptedException e) {
                      return;
                    }
                    for (int k = 0; k < 5_000; k++) {
                      in.addAndGet(limiter.tryAcquire(0, now) == 0 ? 1 : 0);
                    }
                  }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(in).hasValue(10_000);
  }
}
