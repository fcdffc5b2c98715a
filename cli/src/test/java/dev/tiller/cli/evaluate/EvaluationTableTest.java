package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationTableTest {
    private static final List<Column> COLUMNS =
            List.of(
                    new Column("score", "score", 2),
                    new Column("never", "never", 2),
                    new Column("rows", "rows", 0));

    private static EvaluatedSet row(String label, int replicate, double score, double rows) {
        return new EvaluatedSet(
                new DesignSet(label, replicate, label + replicate + ".fasta", List.of("AC", "GT")),
                List.of(score, Double.NaN, rows),
                null);
    }

    @Test
    void meanAndDeviationOverSeeds() {
        // deviations -1, 0, 1 from 2: the sample variance is 2 / 2
        SeedSpread spread = SeedSpread.of(new double[] {1, 2, 3});
        assertEquals(2, spread.mean());
        assertEquals(1, spread.deviation());
        assertTrue(Double.isNaN(SeedSpread.of(new double[] {1}).deviation()));
        assertTrue(Double.isNaN(SeedSpread.of(new double[] {1, Double.NaN}).mean()));
    }

    @Test
    void oneLineForEachMethodAndOneForEachSeed() {
        EvaluationTable table =
                new EvaluationTable(
                        COLUMNS,
                        List.of(
                                row("a|b", 1, 1, 7),
                                row("a|b", 2, 2, 7),
                                row("a|b", 3, 3, 7),
                                row("c, d", 1, 1 / 3.0, 8),
                                row("e", 1, Double.NaN, 8)));
        assertEquals(
                """
                | set | seeds | n | score | rows |
                | --- | --- | --- | --- | --- |
                | a\\|b | 3 | 2 | 2.00 ± 1.00 | 7 |
                | c, d | 1 | 2 | 0.33 | 8 |
                | e | 1 | 2 |  | 8 |
                """,
                table.markdown());
        assertEquals(
                """
                set,replicate,source,n,score,rows
                a|b,1,a|b1.fasta,2,1.0,7
                a|b,2,a|b2.fasta,2,2.0,7
                a|b,3,a|b3.fasta,2,3.0,7
                "c, d",1,"c, d1.fasta",2,0.3333333333333333,8
                e,1,e1.fasta,2,,8
                """,
                table.csv());
    }
}
