package io.fairlead.router.proxy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What moves bytes between sockets and loops, chosen once at start.
 *
 * @param name {@code epoll} or {@code nio}
 * @param choice a sentence for the start-up log: what was chosen, and why if it is the second
 *     choice
 * @param sharesPort whether each loop can have a listener of its own on one port
 */
public record Transport(
    String name,
    String choice,
    IoHandlerFactory handlers,
    ChannelFactory<? extends ServerChannel> serverChannels,
    ChannelFactory<? extends SocketChannel> clientChannels,
    boolean sharesPort,
    ByteBufAllocator allocator) {
  private static final int TCP_CLOSE_WAIT = 8; // linux/include/net/tcp_states.h

  /** Chooses epoll where its native part loads, else NIO. */
  public static Transport best() {
    if (Epoll.isAvailable()) {
      return epoll();
    }
    Throwable cause = Epoll.unavailabilityCause();
    return nio("nio, because epoll is not available: " + (cause == null ? "?" : firstLine(cause)));
  }

  /**
   * Chooses epoll.
   *
   * @throws IllegalStateException if its native part does not load, with the reason
   */
  public static Transport epoll() {
    if (!Epoll.isAvailable()) {
      Throwable cause = Epoll.unavailabilityCause();
      throw new IllegalStateException(
          "transport: epoll is not available here: " + (cause == null ? "?" : firstLine(cause)));
    }
    return new Transport(
        "epoll",
        "epoll",
        EpollIoHandler.newFactory(),
        EpollServerSocketChannel::new,
        EpollSocketChannel::new,
        true,
        PooledByteBufAllocator.DEFAULT);
  }

  /** Chooses NIO, which works everywhere. */
  public static Transport nio() {
    return nio("nio");
  }

  /**
   * Returns whether the peer of a connection whose input has ended may have taken what was sent: it
   * has not if its kernel left some of it unacknowledged, or answered it with a reset. Where nobody
   * can tell, it may.
   */
  static boolean mayHaveTaken(Channel channel) {
    if (!(channel instanceof EpollSocketChannel socket) || !socket.isOpen()) {
      return true;
    }
    EpollTcpInfo info = socket.tcpInfo();
    return info.state() == TCP_CLOSE_WAIT && info.unacked() == 0;
  }

  /** What there is to be read on a connection. */
  enum Look {
    QUIET,
    BYTES,
    ENDED,
    /** Not to be told with NIO. */
    UNKNOWN
  }

  /**
   * Looks what there is to be read, before the loop does. Takes a byte if there is one, so that the
   * connection can only be closed then.
   *
   * @param into room for a byte, outside of the heap
   */
  static Look look(Channel channel, ByteBuffer into) {
    if (!(channel instanceof EpollSocketChannel socket)) {
      return Look.UNKNOWN;
    }
    try {
      int read = socket.fd().read(into, 0, 1);
      return read == 0 ? Look.QUIET : read > 0 ? Look.BYTES : Look.ENDED;
    } catch (IOException e) {
      return Look.ENDED; // by a reset
    }
  }

  private static Transport nio(String choice) {
    return new Transport(
        "nio",
        choice,
        NioIoHandler.newFactory(),
        NioServerSocketChannel::new,
        NioSocketChannel::new,
        false,
        PooledByteBufAllocator.DEFAULT);
  }

  private static String firstLine(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String text = String.valueOf(root.getMessage());
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }
}
