package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.tiller.sampler.Philox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GdssIT {
    private static Gdss block(Gdss.Projection projection, NDManager manager) {
        Gdss.Part part = new Gdss.Part(Gdss.Type.ATTENTION, 2, 8, 2, 1, 3, 2, 8, 2, projection);
        Gdss block = new Gdss(new Gdss.Config(4, 3, part, part));
        block.initialize(new Philox(2), manager);
        return block;
    }

    /** The engine's joining of arrays ends the gradient where there is but one. */
    @ParameterizedTest
    @EnumSource(Gdss.Projection.class)
    void everyTrainedParameterHasAGradientAlsoWithOneChannel(Gdss.Projection projection) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Gdss block = block(projection, manager);
            block.freezeParameters(false);
            NDArray x = wave(manager, new Shape(2, 4, 3));
            NDArray adj = wave(manager, new Shape(2, 4, 4));
            NDArray mask = manager.ones(new Shape(2, 4));
            try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
                NDList scores = ParityBlocks.forward(block, x, adj, mask);
                gradients.backward(scores.get(0).sin().sum().add(scores.get(1).sin().sum()));
            }
            for (String name : block.trainable()) {
                float largest = block.weights().get(name).getGradient().abs().max().getFloat();
                assertTrue(largest > 0, name);
            }
        }
    }

    @Test
    void nodesThatDoNotExistHaveNoScore() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Gdss block = block(Gdss.Projection.GCN, manager);
            NDArray mask = manager.create(new float[] {1, 1, 1, 0}, new Shape(1, 4));
            NDArray x = wave(manager, new Shape(1, 4, 3)).mul(mask.expandDims(2));
            NDArray pairs = mask.expandDims(2).mul(mask.expandDims(1));
            NDArray wave = wave(manager, new Shape(1, 4, 4));
            NDArray adj = wave.add(wave.transpose(0, 2, 1)).mul(pairs);
            NDList scores = ParityBlocks.forward(block, x, adj, mask);
            float[] ofNodes = scores.get(0).toFloatArray();
            float[] ofPairs = scores.get(1).toFloatArray();
            for (int i = 0; i < 4; i++) {
                assertEquals(0, Math.abs(ofPairs[5 * i]));
                assertEquals(0, Math.abs(ofPairs[4 * i + 3]));
                assertEquals(0, Math.abs(ofPairs[12 + i]));
                for (int j = 0; j < 4; j++) {
                    assertEquals(ofPairs[4 * i + j], ofPairs[4 * j + i], 1e-6f);
                }
            }
            for (int feature = 0; feature < 3; feature++) {
                assertEquals(0, Math.abs(ofNodes[9 + feature]));
            }
        }
    }

    @Test
    void refusesArraysOfOtherShapes() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Gdss block = block(Gdss.Projection.GCN, manager);
            assertEquals(
                    "inputs must be float32 x [B, 4, 3], adj [B, 4, 4] and mask [B, 4], got"
                            + " (float32 (2, 4, 3), float32 (2, 5, 5), float32 (2, 4))",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () ->
                                            ParityBlocks.forward(
                                                    block,
                                                    manager.ones(new Shape(2, 4, 3)),
                                                    manager.ones(new Shape(2, 5, 5)),
                                                    manager.ones(new Shape(2, 4))))
                            .getMessage());
        }
    }

    private static NDArray wave(NDManager manager, Shape shape) {
        return manager.arange((float) shape.size()).mul(1.7f).sin().reshape(shape);
    }
}
