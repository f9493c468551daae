/**
 * One writer: folds what is known of the world into snapshots, and declares the ports of the edge.
 */
@NullMarked
package io.fairlead.router.control;

import org.jspecify.annotations.NullMarked;
