/** Model servers that cost little and behave as told. */
@NullMarked
package io.fairlead.bench.model;

import org.jspecify.annotations.NullMarked;
