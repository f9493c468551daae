package io.fairlead.certs;

/** The three ways a private key is written into a PEM file. */
public enum KeyForm {
  /** {@code BEGIN PRIVATE KEY}, RFC 5958: any algorithm. */
  PKCS8,
  /** {@code BEGIN RSA PRIVATE KEY}, RFC 8017 appendix A: RSA only. */
  PKCS1,
  /** {@code BEGIN EC PARAMETERS} and {@code BEGIN EC PRIVATE KEY}, RFC 5915: EC only. */
  SEC1
}
