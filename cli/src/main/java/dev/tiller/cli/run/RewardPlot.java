package dev.tiller.cli.run;

import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BoxChart;
import org.knowm.xchart.BoxChartBuilder;
import org.knowm.xchart.style.BoxStyler;
import org.knowm.xchart.style.Styler;

/** Draws the rewards of several runs side by side, each with its referee if there is one. */
public final class RewardPlot {
    /** Wide enough for the longest name of a method and the word referee. */
    private static final int PIXELS_PER_BOX = 135;

    private static final String REFEREE = "\nreferee";

    private RewardPlot() {}

    /**
     * Draws finished runs.
     *
     * @param runs run folders
     * @param png the picture to write
     * @throws IOException if a run cannot be read or the picture not written
     * @throws IllegalArgumentException if a folder does not hold a finished run, or the runs have
     *     different rewards
     */
    public static void draw(List<Path> runs, Path png) throws IOException {
        Map<String, List<Double>> boxes = new LinkedHashMap<>();
        String reward = null;
        for (Path run : runs) {
            FinishedRun finished = FinishedRun.read(run);
            SamplingJob job = finished.job();
            if (reward != null && !reward.equals(job.rewardName())) {
                throw new IllegalArgumentException(
                        "all runs must have the same reward, got "
                                + reward
                                + " and "
                                + job.rewardName());
            }
            reward = job.rewardName();
            for (DesignRow row : finished.designs()) {
                add(boxes, job.method() + "\n" + reward, row.reward());
                if (!Double.isNaN(row.referee())) {
                    add(boxes, job.method() + REFEREE, row.referee());
                }
            }
        }
        boolean referee = boxes.keySet().stream().anyMatch(name -> name.endsWith(REFEREE));
        String title =
                "Reward "
                        + reward
                        + (referee ? " and its independent referee" : "")
                        + ", by method";
        AtomicFiles.write(png, draw(boxes, title, reward));
    }

    /**
     * Draws numbers by group.
     *
     * @param boxes the numbers of each group, by its name
     * @param title what is shown
     * @param axis what the numbers are
     * @return a PNG
     * @throws IOException if it cannot be encoded
     */
    public static byte[] draw(Map<String, List<Double>> boxes, String title, String axis)
            throws IOException {
        BoxChart chart = chart(title, axis, boxes.size());
        boxes.forEach((name, values) -> chart.addSeries(name.replace('\n', ' '), values));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BitmapEncoder.saveBitmap(chart, bytes, BitmapEncoder.BitmapFormat.PNG);
        return bytes.toByteArray();
    }

    private static void add(Map<String, List<Double>> boxes, String name, double value) {
        boxes.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    private static BoxChart chart(String title, String axis, int boxes) {
        BoxChart chart =
                new BoxChartBuilder()
                        .width(Math.max(900, boxes * PIXELS_PER_BOX))
                        .height(420)
                        .title(title)
                        .yAxisTitle(axis)
                        .theme(Styler.ChartTheme.XChart)
                        .build();
        BoxStyler styler = chart.getStyler();
        styler.setBoxplotCalCulationMethod(BoxStyler.BoxplotCalCulationMethod.N_LESS_1);
        styler.setLegendVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotContentSize(0.96);
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        return chart;
    }
}
