/** The packaged router as a process of its own. */
@NullMarked
package io.fairlead.bench.process;

import org.jspecify.annotations.NullMarked;
