/** Who may call: from what a caller sent to whether an endpoint lets him in. */
@NullMarked
package io.fairlead.router.auth;

import org.jspecify.annotations.NullMarked;
