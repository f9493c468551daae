/** Slots of all routers together: who may use which, agreed between a coordinator and its peers. */
@NullMarked
package io.fairlead.router.fleet;

import org.jspecify.annotations.NullMarked;
