/** Routers talking to each other: who they are, what they say, and who hears it. */
@NullMarked
package io.fairlead.router.peer;

import org.jspecify.annotations.NullMarked;
