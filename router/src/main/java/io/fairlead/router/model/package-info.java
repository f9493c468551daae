/** Immutable values of the domain, each of which checks itself. */
@NullMarked
package io.fairlead.router.model;

import org.jspecify.annotations.NullMarked;
