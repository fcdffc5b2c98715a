package dev.tiller.cli.compare;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.cli.run.SamplingJob;
import java.util.List;

/**
 * One row of a comparison.
 *
 * @param job what was run, for the first seed
 * @param effort what the budget afforded, such as {@code candidates 12}
 * @param statistics of the designs, or null if a run failed
 * @param cost mean over the seeds, or null if a run failed
 * @param failure why a run failed, or null
 */
public record ComparedMethod(
        SamplingJob job, String effort, MethodStatistics statistics, Cost cost, String failure) {
    /**
     * What one seed cost, mean over the seeds.
     *
     * @param denoiserRows rows through the denoiser
     * @param gradientRows rows forwards and backwards
     * @param rewardCalls designs scored
     * @param seconds wall time, loading excluded
     * @param peakMemory largest resident memory in MiB, the maximum over the seeds; NaN where the
     *     system does not tell
     */
    record Cost(
            double denoiserRows,
            double gradientRows,
            double rewardCalls,
            double seconds,
            double peakMemory) {}

    static ComparedMethod of(
            SamplingJob job, MethodStatistics statistics, List<JsonNode> manifests) {
        Cost cost =
                new Cost(
                        mean(manifests, "denoiser_rows"),
                        mean(manifests, "gradient_rows"),
                        mean(manifests, "reward_rows"),
                        mean(manifests, "wall_seconds"),
                        manifests.stream()
                                .mapToDouble(m -> m.path("peak_memory_mib").asDouble(Double.NaN))
                                .max()
                                .orElse(Double.NaN));
        return new ComparedMethod(job, Effort.describe(job), statistics, cost, null);
    }

    static ComparedMethod failed(SamplingJob job, String reason) {
        return new ComparedMethod(job, Effort.describe(job), null, null, reason);
    }

    private static double mean(List<JsonNode> manifests, String key) {
        return manifests.stream().mapToDouble(m -> m.path(key).asDouble()).average().orElse(0);
    }
}
