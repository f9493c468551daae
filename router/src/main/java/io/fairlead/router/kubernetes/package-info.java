/** The objects of a cluster, watched and written through its API server. */
@NullMarked
package io.fairlead.router.kubernetes;

import org.jspecify.annotations.NullMarked;
