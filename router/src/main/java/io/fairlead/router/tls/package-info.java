/**
 * From PEM files to a TLS context that can be swapped while it serves.
 *
 * <p>{@code PemFile} (bytes and blocks) to {@code Identity} (a chain and its key, checked) to
 * {@code TlsContexts} (what connections are made with). Nothing here logs or keeps time: the caller
 * polls, with the time, and reports what came out.
 */
@NullMarked
package io.fairlead.router.tls;

import org.jspecify.annotations.NullMarked;
