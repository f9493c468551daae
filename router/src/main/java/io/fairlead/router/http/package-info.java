/** Rules that HTTP/1.1 and HTTP/2 share: the indexed head, validation, paths, fields to forward. */
@NullMarked
package io.fairlead.router.http;

import org.jspecify.annotations.NullMarked;
