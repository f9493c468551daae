/** Programs that measure the router; nothing of the product depends on them. */
@NullMarked
package io.fairlead.bench;

import org.jspecify.annotations.NullMarked;
