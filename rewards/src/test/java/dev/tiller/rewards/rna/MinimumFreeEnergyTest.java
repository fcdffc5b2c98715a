package dev.tiller.rewards.rna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MinimumFreeEnergyTest {
    private static final NearestNeighbour TURNER = NearestNeighbour.turner2004();

    /** Multiloops so cheap that even short sequences fold into them. */
    private static final NearestNeighbour CHEAP_MULTILOOPS =
            NearestNeighbour.with(new NearestNeighbour.Multiloop(-2000, -310, 20));

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "GC", "GGAACC", "AAAAAAAAAAAAAAAAAAAA", "GAAAC"})
    void leavesChainOpenWhereNothingGains(String sequence) {
        Folding folding = MinimumFreeEnergy.fold(sequence);
        assertEquals(new Folding(".".repeat(sequence.length()), 0), folding);
        assertEquals(0, MinimumFreeEnergy.energy(sequence));
    }

    @Test
    void foldsHairpin() {
        // -3.3 - 3.3 + 5.4 and a 3' dangling end of -1.7
        assertEquals(new Folding("(((...))).", -2.9), MinimumFreeEnergy.fold("GGGAAACCCA"));
    }

    @Test
    void foldsTransferRna() {
        // yeast tRNA-Phe: no structure may be better, its cloverleaf least of all
        String sequence =
                "GCGGAUUUAGCUCAGUUGGGAGAGCGCCAGACUGAAGAUCUGGAGGUCCUGUGUUCGAUCCACAGAAUUCGCACCA";
        Folding folding = MinimumFreeEnergy.fold(sequence);
        assertEquals(folding.energy(), StructureEnergy.of(sequence, folding.structure()));
        String cloverleaf =
                "(((((((..((((........)))).((((.........)))).....(((((.......))))))))))))....";
        assertTrue(folding.energy() <= StructureEnergy.of(sequence, cloverleaf));
    }

    @ParameterizedTest
    @CsvSource({
        "GTGATCAGCTCCTGATCCACGCGTTTAAGCAAAGTAGGTGAAGCTCGATC,-11.2",
        "CATGCGTAATACTACGCAAGCTATGACATTGGCCGCAAACGCCGCGGCTC,-16.7",
        "CCCTGAACTGTAGAACATCGGAAGAGCGCATTAGGAAATCCAAGGAACAG,-4.0",
        "CGCAAGGATACTTAGGGTCTCGCCTACAACACTATGCGGGAGAATAAGAG,-10.7",
    })
    void agreesWithReferenceEnergies(String sequence, double expected) {
        // designs of a library of random 5'UTRs with the energies, to 0.1, that came with them
        assertEquals(expected, MinimumFreeEnergy.energy(sequence), 0.051);
    }

    @Test
    void findsLeastOfAllStructures() {
        SplittableRandom random = new SplittableRandom(1);
        int folded = 0;
        for (int k = 0; k < 400; k++) {
            String sequence = sequence(random, 8 + k % 9, "ACGU");
            folded += assertLeast(sequence, TURNER) < 0 ? 1 : 0;
        }
        assertTrue(folded > 20, () -> "sequences that fold at all are needed");
    }

    @Test
    void findsLeastOfAllStructuresWithMultiloops() {
        SplittableRandom random = new SplittableRandom(2);
        int multiloops = 0;
        for (int k = 0; k < 150; k++) {
            String sequence = sequence(random, 12 + k % 5, "ACGGCU");
            multiloops += assertLeast(sequence, CHEAP_MULTILOOPS) < -1500 ? 1 : 0;
        }
        assertTrue(multiloops > 20, () -> "sequences with multiloops are needed");
    }

    @Test
    void tracesStructureOfLeastEnergy() {
        SplittableRandom random = new SplittableRandom(3);
        for (int k = 0; k < 300; k++) {
            assertTraced(sequence(random, 1 + k % 60, "ACGU"), TURNER);
            assertTraced(sequence(random, 1 + k % 60, "ACGU"), CHEAP_MULTILOOPS);
        }
        assertTraced(sequence(random, 200, "ACGU"), TURNER);
    }

    @Test
    void readsThymineAsUracil() {
        String sequence = "GGGAUUUUUACCCA";
        assertEquals(
                MinimumFreeEnergy.fold(sequence),
                MinimumFreeEnergy.fold(sequence.replace('U', 'T')));
    }

    @Test
    void givesSameEnergyOnManyThreads() {
        String sequence = sequence(new SplittableRandom(4), 80, "ACGU");
        Folding expected = MinimumFreeEnergy.fold(sequence);
        IntStream.range(0, 40)
                .parallel()
                .forEach(k -> assertEquals(expected, MinimumFreeEnergy.fold(sequence)));
    }

    @Test
    void rejectsTooLongSequence() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> MinimumFreeEnergy.energy("A".repeat(4001)));
        assertEquals(
                "sequence to fold must have at most 4000 letters, got 4001; fold a part of it",
                e.getMessage());
    }

    private static int assertLeast(String sequence, NearestNeighbour model) {
        int least = 0;
        for (String structure : structures(sequence)) {
            least = Math.min(least, StructureEnergy.of(sequence, structure, model));
        }
        assertEquals(least, new FoldingTables(Bases.encode(sequence), model).least(), sequence);
        return least;
    }

    private static void assertTraced(String sequence, NearestNeighbour model) {
        FoldingTables tables = new FoldingTables(Bases.encode(sequence), model);
        String structure = Traceback.of(tables);
        assertEquals(tables.least(), StructureEnergy.of(sequence, structure, model), sequence);
    }

    private static String sequence(SplittableRandom random, int length, String letters) {
        StringBuilder sequence = new StringBuilder();
        for (int i = 0; i < length; i++) {
            sequence.append(letters.charAt(random.nextInt(letters.length())));
        }
        return sequence.toString();
    }

    /** Returns all structures: the first base is unpaired, or paired with each base it can be. */
    private static List<String> structures(String sequence) {
        List<String> all = new ArrayList<>();
        if (sequence.isEmpty()) {
            all.add("");
            return all;
        }
        for (String rest : structures(sequence.substring(1))) {
            all.add("." + rest);
        }
        byte[] bases = Bases.encode(sequence);
        for (int j = Bases.LEAST_HAIRPIN + 1; j < bases.length; j++) {
            if (Bases.pair(bases[0], bases[j]) != Bases.NO_PAIR) {
                for (String inner : structures(sequence.substring(1, j))) {
                    for (String rest : structures(sequence.substring(j + 1))) {
                        all.add("(" + inner + ")" + rest);
                    }
                }
            }
        }
        return all;
    }
}
