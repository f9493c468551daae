/**
 * The composition root: the only place that creates threads, clocks, random generators and sockets.
 */
@NullMarked
package io.fairlead.router;

import org.jspecify.annotations.NullMarked;
