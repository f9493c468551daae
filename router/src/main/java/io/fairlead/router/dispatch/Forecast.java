package io.fairlead.router.dispatch;

import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Dispatcher#acquire} would do now. With no free slot and no refusal, the request would
 * wait behind those who are queued.
 *
 * @param load the numbers behind it
 * @param isFree whether a slot is free
 * @param refusal why the request would get neither a slot nor a place in the queue; else null
 */
public record Forecast(Load load, boolean isFree, @Nullable RouterError refusal) {}
