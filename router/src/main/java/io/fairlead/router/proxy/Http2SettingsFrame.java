package io.fairlead.router.proxy;

import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;

/** Reads the payload of SETTINGS (RFC 9113 6.5). */
final class Http2SettingsFrame {
  static final int ENTRY = Http2CodecUtil.SETTING_ENTRY_LENGTH;

  /** Settings that mean something to us are numbered from 1 up to this (RFC 9113 6.5.2). */
  private static final int KNOWN = 6;

  private Http2SettingsFrame() {}

  /** Returns the settings that are known; others are ignored. */
  static Http2Settings read(ByteBuf in, int length) throws Http2Exception {
    var settings = new Http2Settings();
    for (int i = 0; i < length; i += ENTRY) {
      char id = (char) in.readUnsignedShort();
      long value = in.readUnsignedInt();
      if (id >= 1 && id <= KNOWN) {
        put(settings, id, value);
      }
    }
    return settings;
  }

  private static void put(Http2Settings settings, char id, long value) throws Http2Exception {
    try {
      settings.put(id, (Long) value);
    } catch (IllegalArgumentException e) {
      var error =
          id == Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE ? FLOW_CONTROL_ERROR : PROTOCOL_ERROR;
      throw connectionError(error, e, "SETTINGS: %d is %d", (int) id, value);
    }
  }
}
