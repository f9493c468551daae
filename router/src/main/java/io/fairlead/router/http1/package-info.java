/** Strict HTTP/1.1 framing: scanning heads, decoding bodies, writing both. */
@NullMarked
package io.fairlead.router.http1;

import org.jspecify.annotations.NullMarked;
