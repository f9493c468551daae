package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link FakeReplica} does for one request, step by step. Nothing is implied: a script reads
 * only what it says, and leaves the connection open unless it ends it.
 *
 * <pre>{@code
 * Script.reading().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n").waitForGo().send("ok")
 * }</pre>
 */
final class Script {
  /** One step. */
  sealed interface Step {
    /** Reads a whole request and records it. */
    record ReadRequest() implements Step {}

    /** Reads this many bytes, whatever they are. */
    record ReadBytes(int count) implements Step {}

    /** Sends bytes, all at once or each in a write of its own. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Send(byte[] bytes, boolean oneByOne) implements Step {}

    /** Waits until the test says {@link FakeReplica#go}. */
    record WaitForGo() implements Step {}

    /** Reads until the router ends the connection, and records how it did. */
    record WaitForEnd() implements Step {}

    /** Sends a FIN and goes on. */
    record HalfClose() implements Step {}

    /** Closes with a FIN. */
    record Close() implements Step {}

    /** Closes with a RST. */
    record Reset() implements Step {}
  }

  private final List<Step> steps = new ArrayList<>();

  private Script() {}

  /** Begins without reading a request. */
  static Script blank() {
    return new Script();
  }

  /** Begins by reading a whole request. */
  static Script reading() {
    return blank().then(new Step.ReadRequest());
  }

  /** Reads a request and answers it; the connection stays open. */
  static Script respond(String response) {
    return reading().send(response);
  }

  /** Reads a request, answers it and closes. */
  static Script respondAndClose(String response) {
    return respond(response).close();
  }

  /** Reads a request, and answers it when the test says so. */
  static Script respondOnGo(String response) {
    return reading().waitForGo().send(response);
  }

  /** Resets when {@code count} bytes of the request have come. */
  static Script resetAfterRequestBytes(int count) {
    return blank().readBytes(count).reset();
  }

  /** Closes when {@code count} bytes of the request have come. */
  static Script closeAfterRequestBytes(int count) {
    return blank().readBytes(count).close();
  }

  /** Resets when {@code count} bytes of the response are sent. */
  static Script resetAfterResponseBytes(String response, int count) {
    return reading().send(response.substring(0, count)).reset();
  }

  /** Closes when {@code count} bytes of the response are sent. */
  static Script closeAfterResponseBytes(String response, int count) {
    return reading().send(response.substring(0, count)).close();
  }

  /** Sends {@code count} interim responses before the final one. */
  static Script interim(int count, String response) {
    return respond("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(count) + response);
  }

  /** Sends each byte of the response in a write of its own. */
  static Script respondByteByByte(String response) {
    return reading().then(new Step.Send(response.getBytes(ISO_8859_1), true));
  }

  Script readBytes(int count) {
    return then(new Step.ReadBytes(count));
  }

  Script readRequest() {
    return then(new Step.ReadRequest());
  }

  Script send(String text) {
    return send(text.getBytes(ISO_8859_1));
  }

  Script send(byte[] bytes) {
    return then(new Step.Send(bytes.clone(), false));
  }

  Script waitForGo() {
    return then(new Step.WaitForGo());
  }

  Script waitForEnd() {
    return then(new Step.WaitForEnd());
  }

  Script halfClose() {
    return then(new Step.HalfClose());
  }

  Script close() {
    return then(new Step.Close());
  }

  Script reset() {
    return then(new Step.Reset());
  }

  private Script then(Step step) {
    steps.add(step);
    return this;
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }
}
