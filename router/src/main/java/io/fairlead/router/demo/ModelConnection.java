package io.fairlead.router.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the sample model. Runs on the model's loop; bodies are counted and dropped.
 *
 * <p>A turn at the worker is a connection where each is closed after its response: it begins before
 * a byte is read, as a sync worker's does, and ends with the connection. With keep-alive a turn is
 * one score.
 */
final class ModelConnection extends SimpleChannelInboundHandler<HttpObject> {
  static final Duration LINGER = Duration.ofSeconds(2);
  static final Duration EVENT_INTERVAL = Duration.ofMillis(500);

  private final Worker worker;
  private final Concurrency concurrency;
  private final Scorer scorer;
  private final boolean keepAlive;

  private @Nullable HttpRequest request;
  private long bodyBytes;
  private boolean inside;
  private boolean scoring;
  private boolean answered;

  ModelConnection(Worker worker, Concurrency concurrency, Scorer scorer, boolean keepAlive) {
    this.worker = worker;
    this.concurrency = concurrency;
    this.scorer = scorer;
    this.keepAlive = keepAlive;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (keepAlive) {
      ctx.channel().config().setAutoRead(true);
    } else {
      enter();
      worker.enqueue(() -> serve(ctx.channel()));
    }
  }

  private void serve(Channel channel) {
    channel.config().setAutoRead(true);
    channel.closeFuture().addListener(closed -> endTurnOf(channel));
  }

  /**
   * Ends the turn of a connection when it is closed and its score, which nothing stops, is done.
   */
  private void endTurnOf(Channel channel) {
    if (!scoring && !channel.isOpen()) {
      worker.done();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!scoring) {
      leave();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (answered && !keepAlive) {
      return; // a pipelined request is dropped with the close
    }
    if (scoring || message.decoderResult().isFailure()) {
      close(ctx.channel());
      return;
    }
    if (message instanceof HttpRequest head) {
      request = head;
      bodyBytes = 0;
      if (keepAlive) {
        enter();
      }
      if (HttpUtil.is100ContinueExpected(head)) {
        var _ =
            ctx.writeAndFlush(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
      }
    }
    if (message instanceof HttpContent content) {
      bodyBytes += content.content().readableBytes();
    }
    HttpRequest complete = request;
    if (message instanceof LastHttpContent && complete != null) {
      request = null;
      received(ctx, complete, bodyBytes);
    }
  }

  private void received(ChannelHandlerContext ctx, HttpRequest complete, long bytes) {
    if (!scorer.isScore(complete)) {
      write(ctx, complete, scorer.answer(complete, bytes));
      return;
    }
    scoring = true;
    if (keepAlive) {
      ctx.channel().config().setAutoRead(false);
      worker.enqueue(() -> score(ctx, complete, bytes));
    } else {
      score(ctx, complete, bytes);
    }
  }

  private void score(ChannelHandlerContext ctx, HttpRequest complete, long bytes) {
    int events = scorer.events(complete);
    if (events > 0) {
      HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream");
      HttpUtil.setTransferEncodingChunked(head, true);
      scorer.writeScoreHeaders(complete, head.headers());
      var _ = ctx.writeAndFlush(decorated(head, complete));
      stream(ctx, complete, 1, events);
    } else {
      later(
          ctx,
          scorer.modelTime(),
          () -> {
            write(ctx, complete, scorer.answer(complete, bytes));
            scored(ctx);
          });
    }
  }

  private void stream(ChannelHandlerContext ctx, HttpRequest complete, int event, int events) {
    String data =
        "data: {\"replica\": \"%s\", \"event\": %d}\n\n".formatted(scorer.replica(), event);
    var _ = ctx.writeAndFlush(new DefaultHttpContent(Unpooled.copiedBuffer(data, UTF_8)));
    if (event < events) {
      later(ctx, EVENT_INTERVAL, () -> stream(ctx, complete, event + 1, events));
    } else {
      write(ctx, complete, LastHttpContent.EMPTY_LAST_CONTENT);
      scored(ctx);
    }
  }

  /** A caller who has left does not stop the model. */
  private static void later(ChannelHandlerContext ctx, Duration delay, Runnable step) {
    if (delay.isZero()) {
      step.run();
    } else {
      var _ = ctx.executor().schedule(step, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void scored(ChannelHandlerContext ctx) {
    scoring = false;
    if (keepAlive) {
      ctx.channel().config().setAutoRead(true);
      worker.done();
    } else {
      endTurnOf(ctx.channel());
    }
  }

  private HttpResponse decorated(HttpResponse head, HttpRequest complete) {
    head.headers().set(HttpHeaderNames.SERVER, "fairlead-sample-model");
    HttpUtil.setKeepAlive(head, stays(complete));
    return head;
  }

  private boolean stays(HttpRequest complete) {
    return keepAlive && HttpUtil.isKeepAlive(complete);
  }

  /** Writes the last part of an answer, or all of it. */
  private void write(ChannelHandlerContext ctx, HttpRequest complete, HttpObject last) {
    if (last instanceof HttpResponse head) {
      decorated(head, complete);
    }
    answered = true;
    // the caller may send the next request as soon as it has the last byte: it is out before that
    leave();
    boolean stays = stays(complete);
    ctx.writeAndFlush(last)
        .addListener(
            written -> {
              if (!stays) {
                linger(ctx.channel());
              }
            });
  }

  /** Says that no more comes, and waits for the caller to say so too. */
  private static void linger(Channel channel) {
    if (channel instanceof DuplexChannel duplex && !duplex.isInputShutdown()) {
      var _ = duplex.shutdownOutput();
      var _ =
          channel
              .eventLoop()
              .schedule(() -> close(channel), LINGER.toNanos(), TimeUnit.NANOSECONDS);
    } else {
      close(channel);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    boolean callerDone =
        event instanceof ChannelInputShutdownEvent
            || event instanceof ChannelInputShutdownReadComplete;
    // a caller who half-closes after its request is answered all the same
    if (callerDone && !scoring) {
      close(ctx.channel());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    close(ctx.channel());
  }

  private void enter() {
    inside = true;
    concurrency.enter();
  }

  private void leave() {
    if (inside) {
      inside = false;
      concurrency.leave();
    }
  }

  private static void close(Channel channel) {
    var _ = channel.close();
  }
}
