/** From a deployment to a replica with a free slot: permits, queue, ejection, retry budget. */
@NullMarked
package io.fairlead.router.dispatch;

import org.jspecify.annotations.NullMarked;
