/** The admin port: health, metrics, status page. */
@NullMarked
package io.fairlead.router.admin;

import org.jspecify.annotations.NullMarked;
