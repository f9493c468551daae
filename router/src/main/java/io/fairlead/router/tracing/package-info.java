/** Spans of single requests, for whoever collects traces. The only importer of OpenTelemetry. */
@NullMarked
package io.fairlead.router.tracing;

import org.jspecify.annotations.NullMarked;
