/** How many replicas a deployment shall have, from the load of the whole fleet. */
@NullMarked
package io.fairlead.router.autoscale;

import org.jspecify.annotations.NullMarked;
