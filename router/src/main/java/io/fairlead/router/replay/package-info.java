/** What an autoscaler would have done with a load that was recorded. */
@NullMarked
package io.fairlead.router.replay;

import org.jspecify.annotations.NullMarked;
