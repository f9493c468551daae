package io.fairlead.router.dispatch;

import io.fairlead.router.model.Replica;

/**
 * Slots of one replica that this router holds, or may use, among several routers.
 *
 * @param slots how many
 * @param share how many of them are used when the lease has ended and was not renewed
 */
public record LeasedSlots(Replica replica, int slots, int share) {}
