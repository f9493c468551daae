/** Options, environment and configuration file folded into one validated record. */
@NullMarked
package io.fairlead.router.config;

import org.jspecify.annotations.NullMarked;
