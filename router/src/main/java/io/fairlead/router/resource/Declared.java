package io.fairlead.router.resource;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * What one document declares, sound or not: a name that others may refer to, so that one mistake is
 * not reported as two.
 *
 * @param fields that name other resources; null if there are none
 * @param named where its name stands
 * @param value null if something of it is missing
 */
public record Declared<K, V>(
    Findings findings, K key, Node named, @Nullable Fields fields, @Nullable V value) {}
