/** Sample models that behave like the documented model container. */
@NullMarked
package io.fairlead.router.demo;

import org.jspecify.annotations.NullMarked;
