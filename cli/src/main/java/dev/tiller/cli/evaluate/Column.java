package dev.tiller.cli.evaluate;

/**
 * A column of the table.
 *
 * @param name its name in evaluation.csv
 * @param title its heading in evaluation.md
 * @param digits digits after the point in evaluation.md
 */
public record Column(String name, String title, int digits) {}
