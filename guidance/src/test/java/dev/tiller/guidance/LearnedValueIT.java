package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Ledger.Account;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.ValueNetwork;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LearnedValueIT {
    private NDManager manager;

    /** The number of a state divided by 256; it remembers what it was asked. */
    private static final class Stub implements ValueNetwork {
        private final List<Integer> asked = Collections.synchronizedList(new ArrayList<>());

        @Override
        public NDArray values(NDArray xt) {
            long[] tokens = xt.toLongArray();
            float[] values = new float[tokens.length / TableChain.LENGTH];
            for (int row = 0; row < values.length; row++) {
                int state = TableChain.number(tokens, row * TableChain.LENGTH);
                asked.add(state);
                values[row] = state / 256f;
            }
            return xt.getManager().create(values);
        }
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void evaluatesEqualRowsOnce() {
        Stub network = new Stub();
        LearnedValue value = new LearnedValue(network, manager);
        try (Ledger ledger = new Ledger(new Ledger.Options(1, 2, true))) {
            State x = TableRuns.state(new int[] {64, 255, 64, 0, 255}, manager);
            assertArrayEquals(
                    new double[] {0.25, 255 / 256.0, 0.25, 0, 255 / 256.0},
                    value.estimate(x, 3, ledger, new Philox(1)));
            assertEquals(List.of(64, 255, 0), network.asked);
            value.estimate(x, 4, ledger, new Philox(1)); // the network does not see the time
            assertEquals(3, network.asked.size());
            assertEquals(3, ledger.rows(Account.VALUE));
            assertEquals(10, ledger.requestedRows(Account.VALUE));
            assertEquals(0, ledger.requestedRows(Account.DENOISER));
        }
    }

    @Test
    void needsNoDenoiserForTheCandidates() {
        int samples = 8;
        int candidates = 3;
        Stub network = new Stub();
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY)) {
            new Svdd(candidates, 0, new LearnedValue(network, manager))
                    .decode(
                            GuidedChain.process(
                                    new TableDenoiser(new TableChain(1, false)), manager),
                            new long[samples],
                            new Philox(1),
                            ledger,
                            manager,
                            StepListener.NONE)
                    .close();
            int steps = GuidedChain.STEPS;
            assertEquals(samples * (steps + 1), ledger.requestedRows(Account.DENOISER));
            assertEquals(samples * steps * candidates, ledger.requestedRows(Account.VALUE));
            assertEquals(network.asked.size(), ledger.rows(Account.VALUE));
            assertTrue(ledger.rows(Account.VALUE) < ledger.requestedRows(Account.VALUE));
        }
    }

    @Test
    void refusesAWrongNumberOfValues() {
        ValueNetwork wrong = xt -> xt.getManager().create(new float[] {1, 2});
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY)) {
            State x = TableRuns.state(new int[] {1, 2, 3}, manager);
            IllegalStateException e =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    new LearnedValue(wrong, manager)
                                            .estimate(x, 0, ledger, new Philox(1)));
            assertEquals(
                    "an evaluation must return one result for each of the 3 rows, got 2",
                    e.getMessage());
        }
    }
}
