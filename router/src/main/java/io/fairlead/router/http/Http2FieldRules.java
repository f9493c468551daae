package io.fairlead.router.http;

/** Who is given the fields of one field section of HTTP/2, in the order received. */
public interface Http2FieldRules {
  /** Takes a field or a pseudo-header; names and values are ranges of arrays that are reused. */
  void field(byte[] name, int nameOff, int nameLen, byte[] value, int valueOff, int valueLen);
}
