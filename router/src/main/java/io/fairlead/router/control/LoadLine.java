package io.fairlead.router.control;

/**
 * What arrived at a deployment from one second on, until the next line.
 *
 * @param second since the first line
 * @param arrivals in each second
 * @param modelMillis how long a request kept its slot
 */
public record LoadLine(int second, int arrivals, int modelMillis) {}
