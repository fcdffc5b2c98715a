package dev.tiller.finetune.job;

import dev.tiller.finetune.TrainedWeights;
import java.util.Locale;
import java.util.Map;

/** The model card of a trained model: Markdown with the front matter that model hubs read. */
final class CardText {
    private CardText() {}

    static String of(
            TrainingJob job,
            Map<String, Object> sizes,
            TrainedWeights weights,
            Map<String, Double> numbers) {
        TrainingJob.Card card = job.card();
        StringBuilder text = new StringBuilder();
        text.append("---\n");
        if (card != null && card.licence() != null) {
            text.append("license: ").append(card.licence().toLowerCase(Locale.ROOT)).append('\n');
        }
        text.append("library_name: tiller\ntags: [")
                .append(job.objective().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .append(", ")
                .append(job.model().architecture())
                .append("]\n---\n\n# ")
                .append(job.name())
                .append("\n\n");
        if (card != null && card.summary() != null) {
            text.append(card.summary()).append("\n\n");
        }
        text.append("## Data\n\n");
        if (card != null && card.sources() != null) {
            card.sources().forEach(source -> text.append("- ").append(source).append('\n'));
        }
        sizes.forEach(
                (name, size) ->
                        text.append("- ").append(name).append(": ").append(size).append('\n'));
        text.append("\n## Training\n\n");
        text.append("Seed ").append(job.seed()).append("; ").append(weights.steps());
        text.append(" steps, of which step ").append(weights.step());
        text.append(" validated best. The weights are ");
        text.append(
                JobRunner.options(job).emaDecay() > 0
                        ? "the moving average"
                        : "those of that step");
        text.append(".\n\n## Numbers\n\n");
        text.append("| | |\n|---|---|\n");
        numbers.forEach(
                (name, value) ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        "| %s | %.4f |\n",
                                        name.replace('_', ' '),
                                        value)));
        text.append("\n## Recipe\n\n```yaml\n").append(JobFile.write(job)).append("```\n");
        return text.toString();
    }
}
