/**
 * Where models are: built in, in the folders of {@code TILLER_MODELS}, in the user's own folder, or
 * known by name and to be fetched. Nothing here opens a connection except {@link
 * dev.tiller.zoo.registry.Fetcher}.
 */
package dev.tiller.zoo.registry;
