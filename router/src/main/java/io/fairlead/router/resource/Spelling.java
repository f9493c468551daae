package io.fairlead.router.resource;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant. */
public final class Spelling {
  private static final int FARTHEST = 2;

  private Spelling() {}

  /** Returns {@code "; did you mean X?"}, or nothing if no word is close. */
  public static String hint(String written, Collection<String> words) {
    String nearest = nearest(written, words);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  private static @Nullable String nearest(String written, Collection<String> words) {
    String nearest = null;
    int least = FARTHEST + 1;
    for (String word : words) {
      int distance = written.length() > 64 ? least : distance(written, word);
      if (distance < least && distance < word.length()) {
        nearest = word;
        least = distance;
      }
    }
    return nearest;
  }

  /** Levenshtein's distance, letter case aside. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (same(a.charAt(i - 1), b.charAt(j - 1)) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static boolean same(char a, char b) {
    return Character.toLowerCase(a) == Character.toLowerCase(b);
  }
}
