package dev.tiller.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What all checks found.
 *
 * @param canSample whether designs can be sampled here
 * @param sections the checks in their order
 */
public record Report(boolean canSample, List<Section> sections) {
    private static final int NARROWEST = 18;
    private static final int WIDEST = 60;

    /**
     * Writes the report for people.
     *
     * @return the sections with their problems, and a verdict
     */
    public String text() {
        List<String> lines = new ArrayList<>();
        int problems = 0;
        for (Section section : sections) {
            lines.add(section.title());
            int width = section.facts().keySet().stream().mapToInt(String::length).max().orElse(0);
            String row = "  %-" + Math.min(WIDEST, Math.max(NARROWEST, width)) + "s  %s";
            section.facts()
                    .forEach(
                            (name, value) ->
                                    lines.add(String.format(Locale.ROOT, row, name, value)));
            section.problems().forEach(problem -> lines.add("! " + problem));
            problems += section.problems().size();
        }
        String count =
                problems == 0
                        ? "no problems"
                        : problems + (problems == 1 ? " problem" : " problems") + " (see '!')";
        lines.add((canSample ? "Tiller can sample here: " : "Tiller cannot sample here: ") + count);
        return String.join(System.lineSeparator(), lines);
    }

    /**
     * Writes the report for programs.
     *
     * @return an object with {@code can_sample} and {@code sections}, a list of objects with {@code
     *     title}, {@code facts} and {@code problems}
     * @throws JsonProcessingException never
     */
    public String json() throws JsonProcessingException {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("can_sample", canSample);
        object.put("sections", sections);
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(object);
    }
}
