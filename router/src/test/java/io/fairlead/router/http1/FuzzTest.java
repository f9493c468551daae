package io.fairlead.router.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.http.Method;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Mutated messages: nothing throws, and the verdict does not depend on how the bytes are split. The
 * seed is part of every failure; {@code -Dfairlead.fuzz.seed} and {@code .rounds} choose others.
 */
class FuzzTest {
  private static final long SEED = Long.getLong("fairlead.fuzz.seed", 20_261_123L);
  private static final int ROUNDS = Integer.getInteger("fairlead.fuzz.rounds", 20_000);

  /** Bytes that mean something to framing, so that a mutation is rarely lost in a value. */
  private static final byte[] TELLING =
      RuleTable.unescape("\\r\\n\\t\\0 :;,?%/.*_-+=0159afxXhH{\\x7f\\xff");

  private interface Subject {
    List<String> judge(byte[] wire, int... cuts);
  }

  @Test
  void requests() {
    mutate("requests.txt", Verdicts::request);
  }

  @Test
  void responses() {
    mutate("responses.txt", (wire, cuts) -> Verdicts.response(Method.GET, wire, cuts));
  }

  @Test
  void chunks() {
    mutate("chunks.txt", Verdicts::chunks);
  }

  private static void mutate(String file, Subject subject) {
    List<byte[]> seeds =
        RuleTable.read(file).stream()
            .map(RuleTable.Case::wire)
            .filter(wire -> wire.length < 400)
            .toList();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] wire = mutated(seeds, random);
      int[] cuts = random.ints(random.nextInt(6), 0, wire.length + 1).sorted().toArray();
      String where = "seed %d, round %d, cuts %s, bytes %s";
      Object[] arguments = {SEED, round, Arrays.toString(cuts), Arrays.toString(wire)};
      try {
        assertThat(subject.judge(wire, cuts)).as(where, arguments).isEqualTo(subject.judge(wire));
      } catch (RuntimeException e) {
        throw new AssertionError(String.format(where, arguments), e);
      }
    }
  }

  private static byte[] mutated(List<byte[]> seeds, SplittableRandom random) {
    byte[] wire = seeds.get(random.nextInt(seeds.size())).clone();
    for (int i = random.nextInt(1, 4); i > 0 && wire.length > 0; i--) {
      int at = random.nextInt(wire.length);
      byte telling = TELLING[random.nextInt(TELLING.length)];
      switch (random.nextInt(4)) {
        case 0 -> wire[at] = telling;
        case 1 -> wire = joined(wire, at, new byte[] {telling}, wire, at);
        case 2 -> wire = joined(wire, at, new byte[0], wire, at + 1);
        default -> {
          byte[] other = seeds.get(random.nextInt(seeds.size()));
          wire = joined(wire, at, new byte[0], other, random.nextInt(other.length + 1));
        }
      }
    }
    return wire;
  }

  private static byte[] joined(byte[] head, int headEnd, byte[] middle, byte[] tail, int tailFrom) {
    byte[] all = Arrays.copyOf(head, headEnd + middle.length + tail.length - tailFrom);
    System.arraycopy(middle, 0, all, headEnd, middle.length);
    int at = headEnd + middle.length;
    System.arraycopy(tail, tailFrom, all, at, tail.length - tailFrom);
    return all;
  }
}
