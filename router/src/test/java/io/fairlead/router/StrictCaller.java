package io.fairlead.router;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A caller over HTTP/1.1 that keeps connections and asks nothing twice: the JDK's would hide a
 * request that was lost with its connection by sending it again.
 */
final class StrictCaller implements SteadyLoad.Sender, AutoCloseable {
  private static final int MOST_BYTES = 16_384;
  private static final String END = "\r\n\r\n";

  private final InetSocketAddress address;
  private final String request;
  private final ConcurrentLinkedDeque<SocketChannel> idle = new ConcurrentLinkedDeque<>();

  StrictCaller(int port, String body) {
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    request =
        "POST "
            + Caller.SCORE
            + " HTTP/1.1\r\nhost: models\r\ncontent-type: application/json\r\ncontent-length: "
            + body.length()
            + END
            + body;
  }

  @Override
  public SteadyLoad.Answer send() throws IOException {
    SocketChannel channel = open();
    try {
      channel.write(ByteBuffer.wrap(request.getBytes(ISO_8859_1)));
      String answer = read(channel);
      String head = answer.substring(0, answer.indexOf(END)).toLowerCase(Locale.ROOT);
      if (head.contains("\r\nconnection: close")) {
        channel.close();
      } else {
        idle.push(channel);
      }
      return new SteadyLoad.Answer(
          Integer.parseInt(head.substring(9, 12)), field(head, "x-fairlead-reason"));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** The one that was used last and that nobody has closed meanwhile; else a new one. */
  private SocketChannel open() throws IOException {
    SocketChannel kept = idle.poll();
    while (kept != null) {
      if (isOpen(kept)) {
        return kept;
      }
      kept.close();
      kept = idle.poll();
    }
    return SocketChannel.open(address);
  }

  private static boolean isOpen(SocketChannel channel) throws IOException {
    try {
      channel.configureBlocking(false);
      boolean silent = channel.read(ByteBuffer.allocate(1)) == 0;
      channel.configureBlocking(true);
      return silent;
    } catch (IOException reset) {
      return false;
    }
  }

  private static String read(SocketChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
    while (true) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("closed after " + bytes.position() + " bytes of an answer");
      }
      String text = new String(bytes.array(), 0, bytes.position(), ISO_8859_1);
      int end = text.indexOf(END);
      if (end >= 0) {
        String head = text.substring(0, end).toLowerCase(Locale.ROOT);
        int length = Integer.parseInt(field(head, "content-length"));
        if (text.length() >= end + END.length() + length) {
          return text;
        }
      }
    }
  }

  private static String field(String head, String name) {
    String begin = "\r\n" + name + ": ";
    int at = head.indexOf(begin);
    if (at < 0) {
      return "";
    }
    int end = head.indexOf("\r\n", at + begin.length());
    return head.substring(at + begin.length(), end < 0 ? head.length() : end);
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : idle) {
      channel.close();
    }
  }
}
