/** Certificates for development and tests: an authority in memory, leaves, PEM files. */
@NullMarked
package io.fairlead.certs;

import org.jspecify.annotations.NullMarked;
