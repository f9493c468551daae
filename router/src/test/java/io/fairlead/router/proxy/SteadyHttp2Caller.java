package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;

/**
 * A caller of HTTP/2 (RFC 9113) by prior knowledge, one stream after the other, that knows just
 * enough: fixed frames to send, and the end of a stream to wait for.
 */
final class SteadyHttp2Caller implements AllocationTest.Caller {
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 0x1;
  private static final int ACK = 0x1;
  private static final int END_HEADERS = 0x4;

  // RFC 7541 6.1 and appendix A: entries of the static table
  private static final byte METHOD_POST = (byte) (0x80 | 3);
  private static final byte SCHEME_HTTP = (byte) (0x80 | 6);
  private static final byte STATUS_200 = (byte) (0x80 | 8);
  private static final int AUTHORITY = 1;
  private static final int PATH = 4;
  private static final int CONTENT_TYPE = 31;

  private static final byte[] NEXT_HEAD = nextHead();

  private final DataInputStream in;
  private final DataOutputStream out;
  private byte[] head = firstHead();
  private final byte[] body = QuickReplica.BODY.getBytes(US_ASCII);
  private final byte[] payload = new byte[16_384];
  private int stream = -1;

  SteadyHttp2Caller(Socket socket) throws IOException {
    in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream()));
    out.write(PREFACE);
    frame(SETTINGS, 0, 0, new byte[0]);
    // more than all answers together: no window is ever short
    frame(WINDOW_UPDATE, 0, 0, new byte[] {0x3f, 0, 0, 0});
  }

  @Override
  public void call() throws IOException {
    stream += 2;
    frame(HEADERS, END_HEADERS, stream, head);
    head = NEXT_HEAD;
    frame(DATA, END_STREAM, stream, body);
    out.flush();
    boolean good = false;
    for (boolean ended = false; !ended; ) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int of = in.readInt();
      in.readFully(payload, 0, length);
      if (type == SETTINGS && (flags & ACK) == 0) {
        frame(SETTINGS, ACK, 0, new byte[0]);
      } else if (of == stream && type != WINDOW_UPDATE) {
        good |= type == HEADERS && payload[0] == STATUS_200;
        ended = type > HEADERS || (flags & END_STREAM) != 0;
      }
    }
    if (!good) {
      throw new IOException("stream " + stream + ": not answered with 200");
    }
  }

  private void frame(int type, int flags, int of, byte[] content) throws IOException {
    out.writeByte(content.length >> 16);
    out.writeShort(content.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(of);
    out.write(content);
  }

  /**
   * The head of the first request, as encoders write it: names from the static table, values that
   * the decoder keeps in its dynamic one (RFC 7541 6.2.1), but for the path, which is not kept.
   */
  private static byte[] firstHead() {
    var block = new ByteArrayOutputStream();
    block.write(METHOD_POST);
    block.write(SCHEME_HTTP);
    literal(block, 0x40 | AUTHORITY, "localhost");
    literal(block, PATH, TestRouter.SCORE);
    literal(block, 0x40 | CONTENT_TYPE, "application/json");
    return block.toByteArray();
  }

  /**
   * The head of all others: the newest entry of the dynamic table has number 62 (RFC 7541 2.3.3).
   */
  private static byte[] nextHead() {
    var block = new ByteArrayOutputStream();
    block.write(METHOD_POST);
    block.write(SCHEME_HTTP);
    block.write(0x80 | 63);
    literal(block, PATH, TestRouter.SCORE);
    block.write(0x80 | 62);
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, int kindAndName, String value) {
    block.write(kindAndName);
    block.write(value.length());
    block.writeBytes(value.getBytes(US_ASCII));
  }
}
