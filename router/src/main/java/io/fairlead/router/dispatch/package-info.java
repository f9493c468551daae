/**
 * From a deployment to a replica with a free slot: permits, queue, ejection, retry budget.
 *
 * <p>{@link io.fairlead.router.dispatch.Dispatcher} has the lock, and tells others after it is
 * left. Within, {@code SlotPool} is what each call does, with the help of those who each know one
 * thing:
 *
 * <ul>
 *   <li>{@code Replicas}: which replicas there are, and which still drain.
 *   <li>{@code FreeSlots}: which of them can take a request, and by a {@code Picker} which is next.
 *   <li>{@code WaitingRoom}: who may wait, and by {@code WaitQueue} whose turn it is.
 *   <li>{@code Ejection} and {@code Probing}: which replicas are left out, for what requests and
 *       probes have found.
 *   <li>{@code Leases}: which slots are this router's, of those that several share.
 *   <li>{@code RetryBudget} and {@code Hedging}: how many second attempts there may be.
 * </ul>
 */
@NullMarked
package io.fairlead.router.dispatch;

import org.jspecify.annotations.NullMarked;
