package io.fairlead.router.http1;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;

/**
 * Every way in which a message of HTTP/1.1 can be malformed, with the rule it breaks.
 *
 * <p>In a request each has its own status; in a response all of them are one: the model broke the
 * protocol.
 */
enum Fault {
  CONTROL("line: control character or bare LF (expected: visible characters, ended by CRLF)"),
  BARE_CR("line: CR without LF (expected: CRLF)"),
  REQUEST_LINE("request line: malformed (expected: method SP target SP HTTP/1.1)"),
  REQUEST_LINE_TOO_LONG(RouterError.URI_TOO_LONG, "request line: too long"),
  TARGET("target: malformed (expected: a path, or http:// with a host)"),
  STATUS_LINE("status line: malformed (expected: HTTP/1.1 SP three digits SP reason)"),
  STATUS("status: out of range (expected: 100 to 599)"),
  VERSION(RouterError.VERSION_NOT_SUPPORTED, "version: unknown (expected: HTTP/1.0 or HTTP/1.1)"),
  OBS_FOLD("field: folded over lines (expected: one line)"),
  FIELD_NAME("field name: empty, or not a token (expected: a token, then a colon)"),
  SPACE_BEFORE_COLON("field name: blank before the colon (expected: none)"),
  TOO_LARGE(RouterError.HEADER_TOO_LARGE, "head: too large"),
  TOO_MANY_FIELDS(RouterError.HEADER_TOO_LARGE, "head: too many fields"),
  TOO_MANY_OPTIONS("connection: too many options (expected: at most 32)"),
  NO_HOST("host: missing (expected: exactly one)"),
  TWO_HOSTS("host: repeated, or other than the target's (expected: exactly one)"),
  LENGTH("content-length: malformed (expected: digits, at most 2^63-1)"),
  TWO_LENGTHS("content-length: repeated (expected: at most one)"),
  LENGTH_AND_CODING("content-length and transfer-encoding (expected: one of them)"),
  CODING_IN_1_0("transfer-encoding: in HTTP/1.0 (expected: in HTTP/1.1 alone)"),
  CODING("transfer-encoding: malformed or repeated (expected: chunked, once)"),
  UNKNOWN_CODING(RouterError.NOT_IMPLEMENTED, "transfer-encoding: unknown (expected: chunked)"),
  CONTENT_FORBIDDEN("1xx response: with content (expected: none)"),
  EXPECTATION(RouterError.EXPECTATION_FAILED, "expect: unknown (expected: 100-continue)"),
  CHUNK_SIZE("chunk size: malformed (expected: 1 to 16 hexadecimal digits below 2^63)"),
  CHUNK_END("chunk: not ended by CRLF (expected: CRLF behind its data)"),
  CHUNK_EXTENSION("chunk extension: control character (expected: visible characters, then CRLF)"),
  CHUNK_EXTENSIONS_TOO_LONG("chunk extensions: too long (expected: at most 256 bytes per body)"),
  TRAILERS_TOO_LARGE("trailers: too large");

  private final RouterError inRequest;
  private final String detail;

  Fault(String detail) {
    this(RouterError.BAD_REQUEST, detail);
  }

  Fault(RouterError inRequest, String detail) {
    this.inRequest = inRequest;
    this.detail = detail;
  }

  /** Returns the refusal of a request, or of a response, with this fault. */
  Refusal refusal(boolean ofResponse) {
    return new Refusal(ofResponse ? RouterError.UPSTREAM_PROTOCOL_ERROR : inRequest, detail);
  }
}
