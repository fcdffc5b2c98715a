package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.tiller.rewards.Condition;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Conditions;
import dev.tiller.sampler.masked.Layout;
import dev.tiller.sampler.masked.Layouts;
import dev.tiller.zoo.BackboneGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Proteins that are designed for backbones, in turn: sample i for backbone i mod n. All residues
 * are free. The backbones are not moved by noise: the published code moves them anew in each call,
 * for the fine-tuned and the pretrained model differently, which adds to their divergence.
 */
public final class BackboneConditioning implements Conditioning {
    private final List<Backbone> backbones;
    private final List<BackboneGraph> graphs;
    private final Layouts layouts;

    /**
     * Finds the neighbours in all backbones.
     *
     * @param backbones condition 0 first
     * @param neighbours k of the network
     */
    public BackboneConditioning(List<Backbone> backbones, int neighbours) {
        this.backbones = List.copyOf(backbones);
        this.graphs = backbones.stream().map(b -> BackboneGraph.of(b, neighbours)).toList();
        this.layouts =
                new Layouts(
                        backbones.stream().map(b -> Layout.free(b.length())).toList(),
                        Conditions.inTurn(backbones.size()));
    }

    @Override
    public Layouts layouts() {
        return layouts;
    }

    @Override
    public NDList inputs(int[] conditions, NDManager manager) {
        List<BackboneGraph> own = Arrays.stream(conditions).mapToObj(graphs::get).toList();
        return BackboneGraph.batch(own, layouts.length(), manager);
    }

    @Override
    public Optional<Condition> condition(int number) {
        return Optional.of(backbones.get(number));
    }
}
