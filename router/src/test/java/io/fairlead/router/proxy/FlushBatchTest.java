package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is flushed when, with the turns of the loop made by hand. */
final class FlushBatchTest {
  private final ArrayDeque<Runnable> turnEnds = new ArrayDeque<>();
  private final List<Throwable> bugs = new ArrayList<>();
  private final List<String> flushed = new ArrayList<>();
  private final FlushBatch batch = new FlushBatch(turnEnds::add, bugs::add);

  private final class Connection implements FlushBatch.Flushable {
    private final String name;
    private final boolean broken;
    private boolean marked;

    Connection(String name, boolean broken) {
      this.name = name;
      this.broken = broken;
    }

    @Override
    public boolean markForFlush() {
      boolean first = !marked;
      marked = true;
      return first;
    }

    @Override
    public void flushNow() {
      marked = false;
      if (broken) {
        throw new OutOfMemoryError(name); // as Netty does where no direct memory is left
      }
      flushed.add(name);
    }
  }

  private void endTurn() {
    for (int left = turnEnds.size(); left > 0; left--) {
      turnEnds.remove().run();
    }
  }

  @Test
  void flushesEachConnectionOnceATurn() {
    Connection a = new Connection("a", false);
    Connection b = new Connection("b", false);
    batch.add(a);
    batch.add(b);
    batch.add(a);
    assertThat(flushed).isEmpty();

    endTurn();

    assertThat(flushed).containsExactly("a", "b");
    assertThat(turnEnds).isEmpty();
  }

  @Test
  void whatIsWrittenByAFlushIsFlushedInTheNextTurn() {
    Connection late = new Connection("late", false);
    batch.add(
        new FlushBatch.Flushable() {
          @Override
          public boolean markForFlush() {
            return true;
          }

          @Override
          public void flushNow() {
            batch.add(late);
          }
        });
    endTurn();
    assertThat(flushed).isEmpty();

    endTurn();

    assertThat(flushed).containsExactly("late");
    assertThat(turnEnds).isEmpty();
  }

  @Test
  void aFlushThatThrowsHoldsUpNoOther() {
    batch.add(new Connection("broken", true));
    batch.add(new Connection("a", false));
    endTurn();
    batch.add(new Connection("b", false));
    endTurn();
    batch.add(new Connection("c", false));
    endTurn();

    assertThat(flushed).containsExactly("a", "b", "c");
    assertThat(bugs).singleElement().isInstanceOf(OutOfMemoryError.class);
  }
}
