/** Which of several routers leads: a lease that one holds, judged without comparing clocks. */
@NullMarked
package io.fairlead.router.election;

import org.jspecify.annotations.NullMarked;
