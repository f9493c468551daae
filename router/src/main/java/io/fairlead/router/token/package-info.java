/** Keys and tokens for tests and small installations: what an issuer does, on the command line. */
@NullMarked
package io.fairlead.router.token;

import org.jspecify.annotations.NullMarked;
