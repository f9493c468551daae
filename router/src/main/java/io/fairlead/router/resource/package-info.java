/** One resource read from YAML or JSON, with everything that is wrong with it. */
@NullMarked
package io.fairlead.router.resource;

import org.jspecify.annotations.NullMarked;
