package dev.tiller.zoo.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "181133, 181.1 kB",
        "999949, 999.9 kB",
        "999950, 1.0 MB",
        "1500000000, 1.5 GB",
        "3000000000000000, 3000.0 TB"
    })
    void writesUnits(long bytes, String text) {
        assertEquals(text, Sizes.text(bytes));
    }
}
