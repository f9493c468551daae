/** What the parts of the request path cost, each alone. */
@NullMarked
package io.fairlead.bench.micro;

import org.jspecify.annotations.NullMarked;
