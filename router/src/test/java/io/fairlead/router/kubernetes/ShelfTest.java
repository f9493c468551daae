package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ShelfTest {
  private static final long SECOND = 1_000_000_000L;
  private final Shelf<String> shelf = new Shelf<>();

  @Test
  void nothingIsListedAtFirst() {
    assertThat(shelf.isListed()).isFalse();
    assertThat(shelf.contents()).isEmpty();
  }

  @Test
  void aFirstListIsBelievedEvenIfItIsEmpty() {
    assertThat(shelf.replace(Map.of(), "5", 0)).isTrue();
    assertThat(shelf.isListed()).isTrue();
    assertThat(shelf.version()).isEqualTo("5");
  }

  @Test
  void aListReplacesWhatWasKnown() {
    shelf.replace(Map.of("a", "1", "b", "2"), "5", 0);

    assertThat(shelf.replace(Map.of("c", "3", "b", "2"), "6", 0)).isTrue();
    assertThat(shelf.contents()).containsExactly("2", "3");
  }

  @Test
  void anEmptyListIsBelievedWhenItHasBeenSaidForHalfAMinute() {
    shelf.replace(Map.of("a", "1"), "5", 0);

    assertThat(shelf.replace(Map.of(), "6", SECOND)).isFalse();
    assertThat(shelf.replace(Map.of(), "7", 30 * SECOND)).isFalse();
    assertThat(shelf.contents()).containsExactly("1");
    assertThat(shelf.version()).isEqualTo("5");

    assertThat(shelf.replace(Map.of(), "8", 31 * SECOND)).isTrue();
    assertThat(shelf.contents()).isEmpty();
  }

  @Test
  void aDoubtEndsWithAListThatIsFull() {
    shelf.replace(Map.of("a", "1"), "5", 0);
    shelf.replace(Map.of(), "6", SECOND);
    shelf.replace(Map.of("a", "1"), "7", 2 * SECOND);

    assertThat(shelf.replace(Map.of(), "8", 40 * SECOND)).isFalse();
  }

  @Test
  void aListOfAnOlderVersionIsDoubted() {
    shelf.replace(Map.of("a", "1"), "5000", 0);

    assertThat(shelf.replace(Map.of("b", "2"), "900", SECOND)).isFalse();
    assertThat(shelf.contents()).containsExactly("1");
    assertThat(shelf.replace(Map.of("b", "2"), "901", 31 * SECOND)).isTrue();
  }

  @Test
  void aVersionThatIsNoNumberIsNotCompared() {
    shelf.replace(Map.of("a", "1"), "5000", 0);

    assertThat(shelf.replace(Map.of("b", "2"), "x900", 0)).isTrue();
  }

  @Test
  void theLastObjectMayGoByAnEvent() {
    shelf.replace(Map.of("a", "1"), "5", 0);

    assertThat(shelf.put("a", null, "6")).isTrue();
    assertThat(shelf.contents()).isEmpty();
  }

  @Test
  void whatChangesNothingIsNoNews() {
    shelf.replace(Map.of("a", "1"), "5", 0);

    assertThat(shelf.put("a", "1", "6")).isFalse();
    assertThat(shelf.put("b", null, "7")).isFalse();
    assertThat(shelf.version()).isEqualTo("7");
    assertThat(shelf.put("a", "2", "8")).isTrue();
  }

  @Test
  void contentsAreTheSameListUntilSomethingChanges() {
    shelf.replace(Map.of("a", "1"), "5", 0);
    var before = shelf.contents();

    shelf.advance("9");
    assertThat(shelf.contents()).isSameAs(before);
    shelf.put("a", "2", "10");
    assertThat(shelf.contents()).isNotSameAs(before);
  }
}
