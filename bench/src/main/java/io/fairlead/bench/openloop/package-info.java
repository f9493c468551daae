/** Load that does not wait for answers: what callers who know nothing of each other do. */
@NullMarked
package io.fairlead.bench.openloop;

import org.jspecify.annotations.NullMarked;
