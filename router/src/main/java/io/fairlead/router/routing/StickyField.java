package io.fairlead.router.routing;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;

/**
 * The request field whose value decides the deployment in place of chance: equal values have equal
 * percents, in every router and after every restart.
 *
 * <p>The percent of a value is {@code floor(100 x hash / 2^64)}, where the hash is FNV-1a with 64
 * bits over the bytes of the value, stirred by the finalizer of MurmurHash3: FNV alone leaves the
 * high bits of short values, which decide here, too much alike. When the split changes, only the
 * values move whose percent changes hands: of {@code {blue: 90, green: 10}} and then {@code {blue:
 * 80, green: 20}} those of 80 to 89.
 */
final class StickyField {
  private static final long FNV_BASIS = 0xCBF2_9CE4_8422_2325L;
  private static final long FNV_PRIME = 0x0000_0100_0000_01B3L;

  private final String name;
  private final int id;

  /** Makes it of a name in lower case. */
  StickyField(String name) {
    byte[] bytes = Excerpt.ascii(name);
    this.name = name;
    this.id = FieldId.of(bytes, 0, bytes.length);
  }

  /** Returns the percent, 0 to 99, of the first such field; -1 if there is none, or it is empty. */
  int percent(Head head) {
    byte[] bytes = head.bytes();
    for (int i = 0; i < head.fields(); i++) {
      if (head.id(i) == id && Ascii.is(bytes, head.nameStart(i), head.nameEnd(i), name)) {
        int from = head.valueStart(i);
        int to = head.valueEnd(i);
        return from == to ? -1 : percent(bytes, from, to);
      }
    }
    return -1;
  }

  private static int percent(byte[] bytes, int from, int to) {
    long hash = FNV_BASIS;
    for (int i = from; i < to; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 33)) * 0xFF51_AFD7_ED55_8CCDL;
    hash = (hash ^ (hash >>> 33)) * 0xC4CE_B9FE_1A85_EC53L;
    return (int) Math.unsignedMultiplyHigh(hash ^ (hash >>> 33), 100);
  }
}
