package io.fairlead.router.control;

/**
 * How the keys stand that an endpoint's tokens are verified with.
 *
 * @param keys how many there are
 * @param ageSeconds since their source last gave a good set; infinite if it never has
 */
public record TokenKeysState(String endpoint, int keys, double ageSeconds) {}
