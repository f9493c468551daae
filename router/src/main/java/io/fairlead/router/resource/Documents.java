package io.fairlead.router.resource;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/** The YAML documents of one file, as nodes that know where they stand. */
public final class Documents {
  /** Largest file, as for an object in a cluster. */
  public static final int MAX_FILE_BYTES = 1 << 20;

  /** Deepest nesting: far beyond any resource, far below what exhausts a stack. */
  public static final int MAX_DEPTH = 32;

  /** Collections one document may refer to again by alias. */
  private static final int MAX_ALIASES = 50;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(new JsonSchema()) // strict: no merge keys, no 0x10, no True
          .setAllowNonScalarKeys(true) // a finding with its place, where the engine gives none
          .setMaxAliasesForCollections(MAX_ALIASES)
          .setCodePointLimit(MAX_FILE_BYTES)
          .build();

  private Documents() {}

  /** Returns the mappings in {@code bytes} up to the first syntax error, which is a finding. */
  public static List<MappingNode> read(byte[] bytes, Findings findings) {
    List<MappingNode> documents = new ArrayList<>();
    if (bytes.length > MAX_FILE_BYTES) {
      findings.markIncomplete();
      findings.add("size: over " + MAX_FILE_BYTES + " bytes (expected: less, or several files)");
      return documents;
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      Composer composer =
          new Composer(
              SETTINGS, new ShallowParser(new StreamReader(SETTINGS, withoutByteOrderMark(text))));
      while (composer.hasNext()) {
        Node document = composer.next();
        if (document instanceof MappingNode mapping) {
          documents.add(mapping);
        } else if (!isEmpty(document)) {
          findings.unexpected(document, "document", "a mapping with apiVersion and kind");
        }
      }
      return documents;
    } catch (CharacterCodingException e) {
      findings.add("encoding: not UTF-8 (expected: UTF-8)");
    } catch (MarkedYamlEngineException e) {
      String problem = "YAML: " + (e.getProblem() == null ? "malformed" : e.getProblem());
      e.getProblemMark()
          .or(e::getContextMark)
          .ifPresentOrElse(mark -> findings.add(mark, problem), () -> findings.add(problem));
    } catch (ReaderException e) {
      findings.add(
          "YAML: character %#x at offset %d (expected: printable characters)"
              .formatted(e.getCodePoint(), e.getPosition()));
    } catch (YamlEngineException e) {
      findings.add("YAML: " + e.getMessage());
    }
    findings.markIncomplete();
    return documents;
  }

  /** A document of nothing, such as after a last {@code ---}. */
  private static boolean isEmpty(Node document) {
    return document instanceof ScalarNode && document.getTag().equals(Tag.NULL);
  }

  private static String withoutByteOrderMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** A parser that gives up on deep nesting before the recursive composer runs out of stack. */
  private static final class ShallowParser extends ParserImpl {
    private int depth;

    ShallowParser(StreamReader reader) {
      super(SETTINGS, reader);
    }

    @Override
    public Event next() {
      Event event = super.next();
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > MAX_DEPTH) {
        throw new ParserException(
            "nested too deep (expected: at most " + MAX_DEPTH + " levels)", event.getStartMark());
      }
      return event;
    }
  }
}
