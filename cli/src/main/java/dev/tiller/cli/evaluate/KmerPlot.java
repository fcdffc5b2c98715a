package dev.tiller.cli.evaluate;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws how often each word occurs in each set against how often it does in the reference. */
public final class KmerPlot {
    private static final int SIZE = 360;
    private static final int MOST_COLUMNS = 4;

    private KmerPlot() {}

    /**
     * Draws one scatter for each method, the designs of all its seeds together.
     *
     * @param measure the words of the reference
     * @param sets the sets
     * @return a PNG
     * @throws IOException if it cannot be encoded
     */
    public static byte[] draw(KmerCorrelation measure, List<DesignSet> sets) throws IOException {
        Map<String, List<String>> methods = new LinkedHashMap<>();
        for (DesignSet set : sets) {
            methods.computeIfAbsent(set.label(), label -> new ArrayList<>()).addAll(set.designs());
        }
        List<XYChart> charts = new ArrayList<>();
        methods.forEach((label, designs) -> charts.add(chart(label, measure, designs)));
        int columns = Math.min(MOST_COLUMNS, charts.size());
        int rows = (charts.size() + columns - 1) / columns;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BitmapEncoder.saveBitmap(charts, rows, columns, bytes, BitmapEncoder.BitmapFormat.PNG);
        return bytes.toByteArray();
    }

    private static XYChart chart(String label, KmerCorrelation measure, List<String> designs) {
        KmerCorrelation.Pairs pairs = measure.pairs(designs);
        double pearson = Correlation.pearson(pairs.reference(), pairs.designs());
        String title =
                Double.isNaN(pearson)
                        ? label
                        : String.format(Locale.ROOT, "%s, r = %.3f", label, pearson);
        XYChart chart =
                new XYChartBuilder()
                        .width(SIZE)
                        .height(SIZE)
                        .title(title)
                        .xAxisTitle("share of " + measure.k() + "-mers, reference")
                        .yAxisTitle("designs")
                        .theme(Styler.ChartTheme.XChart)
                        .build();
        XYStyler styler = chart.getStyler();
        styler.setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        styler.setLegendVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setMarkerSize(5);
        chart.addSeries("words", shares(pairs.reference()), shares(pairs.designs()))
                .setMarker(SeriesMarkers.CIRCLE);
        return chart;
    }

    private static double[] shares(double[] counts) {
        double total = Math.max(1, Arrays.stream(counts).sum());
        return Arrays.stream(counts).map(count -> count / total).toArray();
    }
}
