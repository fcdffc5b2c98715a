package dev.tiller.zoo.registry;

import dev.tiller.zoo.ModelConfig;

/**
 * A model that is here, or a folder that should hold one and does not.
 *
 * @param name the name in its config.json, or that of the folder if this cannot be read
 * @param place {@link Registry#BUILT_IN}, or the folder
 * @param config what it is, or null if it is broken
 * @param problem one line that says what is wrong, or null
 * @param shadowed whether a model of the same name is found before it
 */
public record FoundModel(
        String name, String place, ModelConfig config, String problem, boolean shadowed) {}
