/** What became of single requests: decision records that are remembered, lines that are written. */
@NullMarked
package io.fairlead.router.journal;

import org.jspecify.annotations.NullMarked;
