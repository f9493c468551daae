/**
 * The keys that tokens are verified with, kept current from wherever they come.
 *
 * <p>{@code KeySources} has a {@code FileKeys} or a {@code RemoteKeys} for each place that the
 * endpoints name; what is read goes through {@code auth.KeySetReader} into the {@code auth.KeyRing}
 * that the loops look at. A source that fails changes nothing: the last good set stays.
 */
@NullMarked
package io.fairlead.router.jwks;

import org.jspecify.annotations.NullMarked;
