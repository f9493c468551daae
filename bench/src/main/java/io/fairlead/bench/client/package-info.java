/** Callers of both versions of HTTP that cost little. */
@NullMarked
package io.fairlead.bench.client;

import org.jspecify.annotations.NullMarked;
