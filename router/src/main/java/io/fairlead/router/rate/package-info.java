/** How often each caller may ask: token buckets in whole numbers. */
@NullMarked
package io.fairlead.router.rate;

import org.jspecify.annotations.NullMarked;
