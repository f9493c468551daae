/** The data path on Netty: accept, relay, back-pressure, drain. */
@NullMarked
package io.fairlead.router.proxy;

import org.jspecify.annotations.NullMarked;
