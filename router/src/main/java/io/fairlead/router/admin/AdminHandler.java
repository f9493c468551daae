package io.fairlead.router.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the admin port: each request is answered at once and as a whole.
 *
 * <p>Runs on the admin loop. A caller who asks on while answers pile up unread is cut off, and one
 * deadline, set anew when an answer is written, ends those who idle, send slowly or do not read.
 */
final class AdminHandler extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  /** A question is a few fields and headers. */
  private static final int LARGEST_BODY = 65_536;

  private static final FullHttpResponse CONTINUE =
      new DefaultFullHttpResponse(
          HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);

  private final AdminPages pages;
  private final Duration patience;
  private @Nullable HttpRequest request;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private @Nullable Future<?> deadline;

  AdminHandler(AdminPages pages, Duration patience) {
    this.pages = pages;
    this.patience = patience;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    await(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopWaiting();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message instanceof HttpRequest head) {
      if (!ctx.channel().isWritable()) {
        close(ctx);
        return;
      }
      request = head;
      body.reset();
      if (AdminPages.takesBody(head) && HttpUtil.is100ContinueExpected(head)) {
        ctx.writeAndFlush(CONTINUE.retainedDuplicate());
      }
    }
    HttpRequest current = request;
    if (current == null) {
      return; // what is left of a body that was refused
    }
    if (message.decoderResult().isFailure()) {
      end(ctx, current, Page.text(400, "bad request"));
      return;
    }
    int most = AdminPages.takesBody(current) ? LARGEST_BODY : 0;
    if (message instanceof HttpContent content) {
      ByteBuf bytes = content.content();
      body.writeBytes(ByteBufUtil.getBytes(bytes));
    }
    if (body.size() > most || isDeclaredLarger(current, most)) {
      end(ctx, current, Page.text(413, tooLarge(most)));
    } else if (message instanceof LastHttpContent) {
      Page page = pages.answer(current, body.toByteArray());
      body.reset();
      if (HttpUtil.isKeepAlive(current)) {
        write(ctx, current, page, false);
      } else {
        end(ctx, current, page);
      }
    }
  }

  /** A body that is not taken is refused before it comes. */
  private static boolean isDeclaredLarger(HttpRequest current, int most) {
    return HttpUtil.getContentLength(current, 0L) > most
        || (most == 0 && HttpUtil.isTransferEncodingChunked(current));
  }

  private static String tooLarge(int most) {
    return most == 0
        ? "no request body is taken here"
        : "request body: too large (expected: at most " + most + " bytes)";
  }

  private void end(ChannelHandlerContext ctx, HttpRequest current, Page page) {
    write(ctx, current, page, true);
  }

  private void write(ChannelHandlerContext ctx, HttpRequest current, Page page, boolean last) {
    request = null;
    FullHttpResponse response = response(current, page);
    HttpUtil.setKeepAlive(response, !last);
    if (current.protocolVersion().equals(HttpVersion.HTTP_1_0) && !last) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    ctx.writeAndFlush(response)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (last || !written.isSuccess()) {
                    close(ctx);
                  } else {
                    await(ctx);
                  }
                });
  }

  private static FullHttpResponse response(HttpRequest current, Page page) {
    // the codec drops the content of an answer to HEAD and keeps its length
    ByteBuf content = Unpooled.wrappedBuffer(page.body());
    HttpResponseStatus status = HttpResponseStatus.valueOf(page.status());
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, page.body().length)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set("x-content-type-options", "nosniff")
        .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, StatusPage.SECURITY_POLICY)
        .set("referrer-policy", "no-referrer");
    if (page.status() == 405) {
      response.headers().set(HttpHeaderNames.ALLOW, AdminPages.allowed(current));
    }
    return response;
  }

  private void await(ChannelHandlerContext ctx) {
    stopWaiting();
    deadline = ctx.executor().schedule(() -> close(ctx), patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void stopWaiting() {
    Future<?> current = deadline;
    if (current != null) {
      current.cancel(false);
      deadline = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("admin connection {} failed", ctx.channel(), cause);
    close(ctx);
  }

  private static void close(ChannelHandlerContext ctx) {
    var _ = ctx.close();
  }
}
