/** How short the router is of what it lives on, and what it gives up for that. */
@NullMarked
package io.fairlead.router.overload;

import org.jspecify.annotations.NullMarked;
