package dev.tiller.zoo;

import dev.tiller.zoo.weights.Digests;
import dev.tiller.zoo.weights.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The card of a converted model: where its weights come from. */
final class ConversionCard {
    private ConversionCard() {}

    static String of(
            ModelConfig config, Path file, Selection selection, Map<String, String> metadata)
            throws IOException {
        StringBuilder text = new StringBuilder("---\n");
        if (config.licence() != null) {
            text.append("license: ").append(config.licence()).append('\n');
        }
        text.append("library_name: tiller\ntags: [").append(config.kind()).append(", ");
        text.append(config.architecture()).append("]\n---\n\n# ").append(config.name());
        text.append("\n\n## Origin\n\n");
        if (config.source() != null) {
            text.append("- ").append(config.source()).append('\n');
        }
        text.append("- converted from ").append(file.getFileName());
        text.append(" (SHA-256 ").append(Digests.sha256(file)).append(")\n");
        text.append("- weights: ").append(selection.source()).append('\n');
        metadata.forEach(
                (key, value) ->
                        text.append("- ").append(key).append(": ").append(value).append('\n'));
        return text.toString();
    }
}
