/**
 * Where models are: built in, in the folders of {@code TILLER_MODELS}, in the user's own folder, or
 * known by name and to be fetched. Nothing is fetched unless asked for.
 */
package dev.tiller.zoo.registry;
