package dev.tiller.cli;

import dev.tiller.cli.evaluate.DescriptorDistance;
import dev.tiller.cli.evaluate.DesignSet;
import dev.tiller.cli.evaluate.Evaluation;
import dev.tiller.cli.evaluate.EvaluationTable;
import dev.tiller.cli.evaluate.Measure;
import dev.tiller.cli.evaluate.MoleculeNovelty;
import dev.tiller.cli.evaluate.MoleculeSets;
import dev.tiller.cli.evaluate.MoleculeVariety;
import dev.tiller.cli.evaluate.RewardScores;
import dev.tiller.cli.evaluate.SetArgument;
import dev.tiller.cli.run.JudgedReward;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What {@code tiller evaluate} measures of sets of molecules. */
final class MoleculeEvaluation {
    private static final List<String> DESCRIPTORS =
            List.of("molecular-weight", "logp", "tpsa", "ring-count", "qed", "sa-score");

    private MoleculeEvaluation() {}

    /**
     * Measures sets.
     *
     * @param sets files and folders
     * @param judged the reward and its referee, or null
     * @param reference SMILES file of the molecules to compare with, or null
     * @param progress told what is done next
     */
    static EvaluationTable run(
            List<SetArgument> sets, JudgedReward judged, Path reference, Consumer<String> progress)
            throws IOException {
        if (judged != null) {
            Rewards.requireNotation(judged.reward(), Notation.SMILES, "sets");
        }
        List<DesignSet> read = new ArrayList<>();
        for (SetArgument set : sets) {
            read.addAll(MoleculeSets.read(set));
        }
        List<Measure> measures = new ArrayList<>(List.of(new MoleculeVariety()));
        List<Reward> descriptors = new ArrayList<>();
        try (Rewards rewards = Rewards.load()) {
            if (reference != null) {
                progress.accept("reading " + reference);
                List<String> molecules = MoleculeSets.smiles(reference);
                for (String name : DESCRIPTORS) {
                    descriptors.add(rewards.create(name, Map.of(), RewardContext.cpu()));
                }
                measures.add(new MoleculeNovelty(molecules));
                measures.add(new DescriptorDistance(descriptors, molecules));
            }
            RewardScores scores = judged == null ? null : new RewardScores(judged);
            return new Evaluation(scores, measures)
                    .run(read, set -> progress.accept("evaluating " + set.source()));
        } finally {
            descriptors.forEach(Reward::close);
        }
    }
}
