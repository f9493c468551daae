/** Load on the packaged router over real sockets, measured by JMH. */
@NullMarked
package io.fairlead.bench.load;

import org.jspecify.annotations.NullMarked;
