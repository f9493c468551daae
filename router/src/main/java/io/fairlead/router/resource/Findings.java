package io.fairlead.router.resource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The problems of one file, gathered while it is read. */
public final class Findings {
  private static final int LONGEST_SHOWN = 80;

  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> ofSecrets = new ArrayList<>();
  private final List<Runnable> dangling = new ArrayList<>();
  private boolean incomplete;

  /** Starts with none. */
  public Findings(String file) {
    this.file = file;
  }

  String file() {
    return file;
  }

  /** Returns what was found so far. */
  public List<Problem> problems() {
    return Collections.unmodifiableList(problems);
  }

  /** Returns whether a part of the file could not be told: what it declares is not known. */
  public boolean isIncomplete() {
    return incomplete;
  }

  /** Notes that a part of the file could not be told. */
  public void markIncomplete() {
    incomplete = true;
  }

  /** Adds that {@code node} names something which no file declares. */
  void dangling(Node node, String message) {
    dangling.add(() -> add(node, message));
  }

  /** Adds what is wrong with what a Secret holds, for whoever names it at {@code node}. */
  void addOfSecret(Node node, String message) {
    add(node, message);
    ofSecrets.add(problems.getLast());
  }

  /** Returns those problems that are about what a Secret holds. */
  List<Problem> ofSecrets() {
    return Collections.unmodifiableList(ofSecrets);
  }

  /** Adds what was dangling: for when it is known that no file was cut short. */
  public void settle() {
    dangling.forEach(Runnable::run);
    dangling.clear();
  }

  /** Adds one of the file as a whole. */
  void add(String message) {
    problems.add(new Problem(file, 0, 0, message));
  }

  /** Adds one at the place of a syntax error. */
  void add(Mark mark, String message) {
    problems.add(new Problem(file, mark.getLine() + 1, mark.getColumn() + 1, message));
  }

  /** Adds one at {@code node}. */
  public void add(Node node, String message) {
    node.getStartMark().ifPresentOrElse(mark -> add(mark, message), () -> add(message));
  }

  /** Adds that {@code node} holds something else than was expected. */
  public void unexpected(Node node, String path, String expected) {
    add(node, path + ": " + show(node) + " (expected: " + expected + ")");
  }

  /** Returns where {@code node} is, as {@code file:line:column}. */
  public String place(Node node) {
    return node.getStartMark()
        .map(mark -> file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
        .orElse(file);
  }

  /** Returns what {@code node} says, short enough for one line. */
  public static String show(Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      return node instanceof MappingNode ? "a mapping" : "a list";
    }
    if (scalar.getTag().equals(Tag.NULL)) {
      return "nothing";
    }
    String text = shorten(scalar.getValue());
    return scalar.isPlain() ? text : '"' + text + '"';
  }

  /** Returns {@code a, b or c}. */
  public static String either(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  /** Returns {@code text} without control characters and cut to a line's length. */
  static String shorten(String text) {
    String shown = text.replaceAll("\\p{Cntrl}", "?");
    return shown.length() <= LONGEST_SHOWN ? shown : shown.substring(0, LONGEST_SHOWN) + "...";
  }
}
