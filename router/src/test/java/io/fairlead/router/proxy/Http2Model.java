package io.fairlead.router.proxy;

import io.fairlead.router.Soon;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A model server that speaks HTTP/2 with prior knowledge, frame by frame as a test says. */
final class Http2Model implements Closeable {
  static final int MAX_CONCURRENT_STREAMS = 3;
  static final int INITIAL_WINDOW_SIZE = 4;

  private final ServerSocket listener;
  private int accepted;

  private Http2Model(ServerSocket listener) throws IOException {
    this.listener = listener;
    listener.setSoTimeout(Soon.PATIENCE_MILLIS);
  }

  static Http2Model start() throws IOException {
    return new Http2Model(new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress()));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
  }

  /** Accepts the next connection, with these settings, ids and values. */
  Http2Caller accept(int... settings) throws IOException {
    Http2Caller connection = acceptSilently();
    ByteBuf payload = Unpooled.buffer();
    for (int i = 0; i < settings.length; i += 2) {
      payload.writeShort(settings[i]).writeInt(settings[i + 1]);
    }
    connection
        .put(Http2Caller.SETTINGS, 0, 0, ByteBufUtil.getBytes(payload))
        .put(Http2Caller.SETTINGS, Http2Caller.ACK, 0)
        .send();
    return connection;
  }

  /** Accepts the next connection as usual, and reads the head of its first request. */
  Http2Caller acceptRequest() throws IOException, Http2Exception {
    Http2Caller connection = accept();
    connection.awaitHead();
    return connection;
  }

  /** Accepts the next connection, reads its preface, and says nothing yet. */
  Http2Caller acceptSilently() throws IOException {
    Http2Caller connection = Http2Caller.of(acceptSocket());
    connection.awaitPreface();
    return connection;
  }

  /** Accepts the next connection as it is. */
  Socket acceptSocket() throws IOException {
    Socket socket = listener.accept();
    accepted++;
    return socket;
  }

  /** Returns how many connections were accepted. */
  int accepted() {
    return accepted;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
