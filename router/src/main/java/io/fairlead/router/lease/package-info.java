/** The lease that routers without a cluster elect their leader by: a file. */
@NullMarked
package io.fairlead.router.lease;

import org.jspecify.annotations.NullMarked;
