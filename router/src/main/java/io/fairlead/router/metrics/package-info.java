/** Meters: what each is called, and how it is scraped. */
@NullMarked
package io.fairlead.router.metrics;

import org.jspecify.annotations.NullMarked;
