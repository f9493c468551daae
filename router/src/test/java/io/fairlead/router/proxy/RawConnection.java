package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The replica's end of one connection: bytes in, bytes out, and just enough HTTP to find an end.
 */
final class RawConnection {
  private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *([0-9]+)\r\n");

  private final Socket socket;
  private final PushbackInputStream in;

  RawConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new PushbackInputStream(socket.getInputStream(), 1);
  }

  /** Returns true when there is a byte to read, false when the router has closed. */
  boolean waitForByte() throws IOException {
    int next = in.read();
    if (next >= 0) {
      in.unread(next);
    }
    return next >= 0;
  }

  /** Reads head and body of one request and returns them as they came. */
  String readRequest() throws IOException {
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    readUntil("\r\n\r\n", raw);
    String head = raw.toString(ISO_8859_1).toLowerCase(Locale.ROOT);
    Matcher length = LENGTH.matcher(head);
    if (head.contains("\r\ntransfer-encoding: chunked\r\n")) {
      while (readChunk(raw) > 0) {}
    } else if (length.find()) {
      readExactly(Integer.parseInt(length.group(1)), raw);
    }
    return raw.toString(ISO_8859_1);
  }

  /** Reads one chunk with its line ends, or the last one with its trailer. */
  private int readChunk(ByteArrayOutputStream raw) throws IOException {
    int start = raw.size();
    readUntil("\r\n", raw);
    String line = raw.toString(ISO_8859_1).substring(start).strip();
    int size = Integer.parseInt(line.split(";", 2)[0].strip(), 16);
    if (size > 0) {
      readExactly(size + 2, raw);
    } else {
      int trailer;
      do {
        trailer = raw.size();
        readUntil("\r\n", raw);
      } while (raw.size() > trailer + 2);
    }
    return size;
  }

  private void readUntil(String end, ByteArrayOutputStream raw) throws IOException {
    int matched = 0;
    while (matched < end.length()) {
      int next = readExactly(1, raw);
      if (next == end.charAt(matched)) {
        matched++;
      } else {
        matched = next == end.charAt(0) ? 1 : 0;
      }
    }
  }

  /** Reads {@code count} bytes and returns the last one. */
  private int readExactly(int count, ByteArrayOutputStream raw) throws IOException {
    int last = -1;
    for (int i = 0; i < count; i++) {
      try {
        last = in.read();
      } catch (IOException reset) {
        last = -1;
      }
      if (last < 0) {
        throw new CutShort(raw.toString(ISO_8859_1));
      }
      raw.write(last);
    }
    return last;
  }

  /** Reads {@code count} bytes of whatever comes. */
  void read(int count) throws IOException {
    in.skipNBytes(count);
  }

  void send(byte[] bytes, boolean oneByOne) throws IOException {
    if (!oneByOne) {
      socket.getOutputStream().write(bytes);
      return;
    }
    for (byte b : bytes) {
      socket.getOutputStream().write(b);
    }
  }

  /** Reads on until the router ends the connection. */
  FakeReplica.End waitForEnd() {
    try {
      while (in.read() >= 0) {}
      return FakeReplica.End.FIN;
    } catch (IOException reset) {
      return FakeReplica.End.RST;
    }
  }

  void halfClose() throws IOException {
    socket.shutdownOutput();
  }

  void close() throws IOException {
    socket.close();
  }

  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** The router ended a connection in the middle of a request. */
  static final class CutShort extends IOException {
    private static final long serialVersionUID = 1L;

    private final String partial;

    CutShort(String partial) {
      super("cut short after " + partial.length() + " bytes");
      this.partial = partial;
    }

    /** Returns what had come. */
    String partial() {
      return partial;
    }
  }
}
