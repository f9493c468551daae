/** Several routers in front of the same replicas: what it costs, and what ends of routers cost. */
@NullMarked
package io.fairlead.bench.fleet;

import org.jspecify.annotations.NullMarked;
