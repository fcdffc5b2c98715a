package dev.tiller.zoo.torchscript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveOperatorsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "_1 = torch.dropout(x, 0.5, False)",
                "_1 = torch.feature_dropout_(torch.relu(x), 0.1, False)",
                "y = torch.batch_norm(x, w, b, mean, var, False, 0.1, 1.0e-05, True)",
                "y = torch.instance_norm(x, None, None, None, None, True, 0.1, 1.0e-05, True)",
                "_3 = torch.lstm(x, [h, c], [w0, w1], True, 1, 0., training, False, True)",
                "_3 = torch.lstm(x, [h, c], [w0, w1], True, 2, 0.5, False, True, True)",
                "_3 = torch.gru(data, sizes, h, [w0, w1], True, 2, 0.5, False, True)",
                "a = torch.scaled_dot_product_attention(q, k, v, None, 0., False)",
                "a = torch.scaled_dot_product_attention(q, k, v)",
                "_0 = __torch__.torch.nn.functional.normalize",
                "y = self.dropout.p",
                "training : bool",
                "y = torch.add(x, torch.mul(x, 2), alpha=1)"
            })
    void leavesAloneWhatIsTheSameInEachCall(String code) {
        assertEquals(Optional.empty(), LiveOperators.find(code));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "_1 = torch.dropout(x, 0.5, training)|dropout with the training flag training",
                "_1 = torch.dropout(x, 0.5, True)|dropout with the training flag True",
                "_1 = torch.dropout_(x, p, self.training)|flag self.training",
                "y = torch.feature_dropout(f(x, [1, 2], {'a, b': 3}), p, training)|flag training",
                "y = torch.alpha_dropout(x, 0.5, True)|torch.alpha_dropout",
                "y = ops.aten.native_dropout(x, 0.5, True)|native_dropout with the training flag",
                "y = torch.batch_norm(x, w, b, m, v, bn_training, 0.1, 1.0e-05, True)|bn_training",
                "y = torch.instance_norm(x, w, b, m, v, stats, 0.1, 1.0e-05, True)|flag stats",
                "y = torch.rrelu(x, 0.1, 0.3, training)|torch.rrelu",
                "_3 = torch.lstm(x, [h], [w], True, 2, 0.5, training, False, True)|torch.lstm",
                "_3 = torch.gru(data, sizes, h, [w], True, 2, 0.5, training, True)|torch.gru",
                "a = torch.scaled_dot_product_attention(q, k, v, None, 0.1, False)|dropout 0.1",
                "y = torch.mul(x, torch.bernoulli(p))|random numbers with torch.bernoulli",
                "z = torch.randn([2, 3], dtype=6)|random numbers with torch.randn",
                "    if training:|asks whether it is in training ('if training:')",
                "    if torch.__not__(self.training):|asks whether it is in training"
            })
    void findsWhatIsLive(String code, String finding) {
        String found = LiveOperators.find("x = 1\n" + code + "\n").orElseThrow();
        assertTrue(found.contains(finding), found);
    }

    @Test
    void findsTheFunctionThatScriptingAdds() {
        String functional =
                """
                def dropout(input: Tensor,
                    p: float=0.5,
                    training: bool=True,
                    inplace: bool=False) -> Tensor:
                  if inplace:
                    _0 = torch.dropout_(input, p, training)
                  else:
                    _0 = torch.dropout(input, p, training)
                  return _0
                """;
        assertTrue(LiveOperators.find(functional).isPresent());
    }

    @Test
    void tellsReadingAFlagFromDeclaringIt() {
        assertTrue(LiveOperators.readsTrainingFlag("training = self.training\n"));
        assertFalse(LiveOperators.readsTrainingFlag("  training : bool\n  training0 = x.trained"));
    }

    @Test
    void survivesTextThatEndsInTheMiddle() {
        assertTrue(LiveOperators.find("torch.dropout(x, 'a").isPresent());
        assertTrue(LiveOperators.find("torch.dropout(").isPresent());
    }
}
