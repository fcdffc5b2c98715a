package dev.tiller.finetune.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTableTest {
    @Test
    void hasTheSameColumnsInEachRow() {
        List<MetricsRow> rows =
                List.of(
                        MetricsRow.of(0, Double.NaN, 0, 0.1, Map.of(), Map.of("z", 1.0, "a", 2.0)),
                        MetricsRow.of(
                                5,
                                1.5,
                                2,
                                0.1,
                                Map.of("reward", 3.0, "kl", 4.0),
                                Map.of("z", 5.0, "a", 6.0)));
        assertEquals(
                List.of(
                        "step,loss,gradient_norm,learning_rate,kl,reward,validation_a,validation_z",
                        "0,NaN,0.0,0.1,NaN,NaN,2.0,1.0",
                        "5,1.5,2.0,0.1,4.0,3.0,6.0,5.0"),
                MetricsTable.lines(rows));
    }
}
