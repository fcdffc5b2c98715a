package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.constraint.AllDesigns;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.constraint.Constraints;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.decoder.BestOfN;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every design of every decoder and process satisfies its constraints, whatever the model says. */
class ConstrainedDesignsIT {
    private static final int LETTERS = AllDesigns.ALPHABET.length();
    private static final int ROWS = 6;

    private static NDManager manager;

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private static List<ReverseProcess> processes(CompiledConstraints constraints, long seed) {
        RandomDenoiser denoiser = new RandomDenoiser(LETTERS, seed, 0.2);
        LogLinear schedule = new LogLinear(1e-3);
        int length = constraints.length();
        List<ReverseProcess> processes = new ArrayList<>();
        processes.add(
                new MaskedDiffusion(
                        denoiser,
                        schedule,
                        length,
                        manager,
                        MaskedDiffusion.Options.published(3),
                        constraints));
        processes.add(
                new MaskedDiffusion(
                        denoiser,
                        schedule,
                        length,
                        manager,
                        new MaskedDiffusion.Options(2, 0.4, NoiseRemoval.DRAW),
                        constraints));
        processes.add(new FirstHitting(denoiser, schedule, length, manager, constraints));
        return processes;
    }

    /** The share of A in posterior designs: their mode, or two draws. */
    private static SoftValue value(ReverseProcess process, boolean draws) {
        return (x, index, ledger, noise) -> {
            Prediction prediction = process.predict(x, index, ledger, noise);
            double[] values = new double[x.rows()];
            for (int draw = 0; draw < (draws ? 2 : 1); draw++) {
                State x0 =
                        draws
                                ? process.posteriorDraw(x, prediction, index, draw, noise, manager)
                                : process.posteriorMode(x, prediction, 0, manager);
                long[] tokens = x0.array(0).toLongArray();
                for (int i = 0; i < tokens.length; i++) {
                    values[i * x.rows() / tokens.length] += tokens[i] == 0 ? 1 : 0;
                }
                x0.close();
            }
            return values;
        };
    }

    private static List<Decoder> decoders(ReverseProcess process) {
        return List.of(
                new Ancestral(),
                new BestOfN(2, value(process, false)),
                new Svdd(3, 0, value(process, false)),
                new Svdd(2, 0.5, value(process, true)));
    }

    private static List<String> designs(
            Decoder decoder, ReverseProcess process, int batch, Ledger.Options options) {
        List<String> designs = new ArrayList<>();
        try (Ledger ledger = new Ledger(options)) {
            for (int start = 0; start < ROWS; start += batch) {
                long[] ids = LongStream.range(start, Math.min(ROWS, start + batch)).toArray();
                try (State x0 =
                        decoder.decode(
                                process, ids, new Philox(7), ledger, manager, StepListener.NONE)) {
                    designs.addAll(texts(x0));
                }
            }
        }
        return designs;
    }

    private static List<String> texts(State x0) {
        long[] tokens = TokenRows.of(x0);
        List<String> texts = new ArrayList<>();
        for (int row = 0; row < x0.rows(); row++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < tokens.length / x0.rows(); i++) {
                long token = tokens[row * tokens.length / x0.rows() + i];
                text.append(token < LETTERS ? AllDesigns.ALPHABET.charAt((int) token) : '?');
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static void assertAllSatisfied(int first, int count) {
        Ledger.Options options = new Ledger.Options(1, 64, true);
        int feasible = 0;
        for (int number = first; number < first + count; number++) {
            int length = 3 + number % 4;
            Constraints constraints = AllDesigns.random(number, length);
            if (AllDesigns.satisfying(constraints, length).isEmpty()) {
                continue; // CompiledConstraintsTest sees that it is refused
            }
            feasible++;
            Predicate<String> rule = AllDesigns.rule(constraints);
            CompiledConstraints compiled = constraints.compile(AllDesigns.ALPHABET, length);
            for (ReverseProcess process : processes(compiled, number)) {
                for (Decoder decoder : decoders(process)) {
                    for (String design : designs(decoder, process, ROWS, options)) {
                        assertTrue(rule.test(design), design + " breaks " + constraints.toMap());
                    }
                }
            }
        }
        assertTrue(feasible > count / 3, "feasible: " + feasible);
    }

    @Test
    void everyDesignSatisfiesItsConstraints() {
        assertAllSatisfied(0, 60);
    }

    /** About 1,500 feasible sets of 3,000, 3 processes, 4 decoders, 6 designs each. */
    @Test
    @Tag("slow")
    void everyDesignOfThousandsOfConstraintsSatisfiesThem() {
        assertAllSatisfied(60, 3_000);
    }

    @Test
    void designsDependOnNothingButTheirId() {
        Constraints constraints =
                Constraints.parse(
                        Map.of(
                                "forbid", List.of("AA", "BC"),
                                "require", List.of("A.C"),
                                "tied", List.of("1=6")));
        CompiledConstraints compiled = constraints.compile(AllDesigns.ALPHABET, 6);
        for (ReverseProcess process : processes(compiled, 3)) {
            for (Decoder decoder : decoders(process)) {
                List<String> expected =
                        designs(decoder, process, ROWS, new Ledger.Options(1, 1000, false));
                for (int batch : new int[] {1, 4}) {
                    for (int threads : new int[] {1, 2}) {
                        Ledger.Options options = new Ledger.Options(threads, 3, true);
                        assertEquals(expected, designs(decoder, process, batch, options));
                    }
                }
            }
        }
    }
}
