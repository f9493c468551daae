/** Endpoints and deployments read from a directory of YAML files. */
@NullMarked
package io.fairlead.router.manifest;

import org.jspecify.annotations.NullMarked;
