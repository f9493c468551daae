/** The compiled route table: path and headers to endpoint and deployment. */
@NullMarked
package io.fairlead.router.routing;

import org.jspecify.annotations.NullMarked;
