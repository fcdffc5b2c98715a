package dev.tiller.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiller.rewards.Condition;
import dev.tiller.zoo.BackboneDenoiser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a finished run left.
 *
 * @param job its job
 * @param designs its designs, by sample id
 * @param manifest its manifest.json
 */
public record FinishedRun(SamplingJob job, List<DesignRow> designs, JsonNode manifest) {
    /**
     * Finds what the designs of a run were made for.
     *
     * @param folder the folder of a finished run; its job names the structures, which must still be
     *     there
     * @return the backbone of each design by sample id, empty for other designs than proteins
     * @throws IOException if a file cannot be read
     */
    public static List<Condition> conditions(Path folder) throws IOException {
        if (!RunFolder.holdsJob(folder) || RunFolder.job(folder).backbone() == null) {
            return List.of();
        }
        FinishedRun run = read(folder);
        InverseFolding folding =
                new InverseFolding(run.job().backbone(), BackboneDenoiser.ALPHABET);
        List<Condition> conditions = new ArrayList<>();
        run.designs().forEach(row -> conditions.add(folding.backbone(row.sampleId())));
        return conditions;
    }

    /**
     * Reads a run folder.
     *
     * @param folder the folder
     * @return what is in it
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if the run is not finished
     */
    public static FinishedRun read(Path folder) throws IOException {
        Path designs = folder.resolve(RunFolder.ARROW);
        Path manifest = folder.resolve(RunFolder.MANIFEST);
        if (!Files.exists(designs) || !Files.exists(manifest)) {
            throw new IllegalArgumentException(
                    "a run must be finished to be read, but " + folder + " has no designs.arrow");
        }
        return new FinishedRun(
                RunFolder.job(folder),
                ArrowDesigns.read(designs),
                new ObjectMapper().readTree(manifest.toFile()));
    }
}
