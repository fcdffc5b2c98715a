package dev.tiller.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles as data. */
class UnpicklerTest {
    private static Object read(PickleWriter pickle) {
        return Unpickler.read("test.pt", pickle.finish());
    }

    @Test
    void readsPlainValues() {
        PickleWriter pickle = new PickleWriter().mark();
        pickle.raw('N', 0x88, 0x89, 'K', 200, 'M', 0, 2).number(-5).real(0.25).text("Zürich");
        pickle.raw(0x8a, 2, 0xff, 0xff, 0x8a, 0, 'C', 2, 7, 8).raw('I', '0', '1', '\n');
        pickle.raw('U', 1, 'x').raw('F', '1', '.', '5', '\n').raw('L', '9', 'L', '\n');
        List<?> values = (List<?>) read(pickle.tuple());
        assertEquals(null, values.get(0));
        assertEquals(
                List.of(true, false, 200L, 512L, -5L, 0.25, "Zürich", -1L, 0L),
                values.subList(1, 10));
        assertArrayEquals(new byte[] {7, 8}, (byte[]) values.get(10));
        assertEquals(List.of(true, "x", 1.5, 9L), values.subList(11, 15));
    }

    @Test
    void readsContainers() {
        PickleWriter pickle = new PickleWriter().dictionary();
        pickle.text("a").number(1).set();
        pickle.mark().text("b").raw(']').number(2).raw('a').mark().number(3).raw('e');
        pickle.text("c").number(4).raw(0x85).raw('u');
        assertEquals(Map.of("a", 1L, "b", List.of(2L, 3L), "c", List.of(4L)), read(pickle));
    }

    @Test
    void remembersObjects() {
        PickleWriter pickle = new PickleWriter().raw(']', 'q', 3, 'h', 3, 0x86);
        List<?> pair = (List<?>) read(pickle);
        assertSame(pair.get(0), pair.get(1));
    }

    @Test
    void anObjectThatHoldsItselfIsRead() {
        PickleWriter pickle = new PickleWriter().raw('}', 'q', 0).text("self").raw('h', 0).set();
        Map<?, ?> map = (Map<?, ?>) read(pickle);
        assertSame(map, map.get("self"));
        PickleWriter key = new PickleWriter().raw(']', 'q', 0, '}', 'h', 0).number(1).raw('s');
        assertInstanceOf(Map.class, read(key));
    }

    @Test
    void nothingIsExecuted() {
        PickleWriter pickle = new PickleWriter().global("os", "system");
        Object result = read(pickle.text("touch executed").raw(0x85).call());
        assertEquals("<os.system>", result.toString());
        PickleWriter builtin = new PickleWriter().global("builtins", "eval");
        Object evaluated = read(builtin.text("1 + 1").raw(0x85).call());
        assertEquals("<builtins.eval>", assertInstanceOf(Stub.class, evaluated).toString());
    }

    @Test
    void unknownObjectsKeepTheirItems() {
        PickleWriter pickle = new PickleWriter().global("omegaconf", "DictConfig").raw(')', 0x81);
        pickle.text("lr").real(0.1).set().dictionary().raw('b');
        Stub stub = assertInstanceOf(Stub.class, read(pickle));
        assertEquals("omegaconf.DictConfig", stub.name());
        assertEquals(0.1, stub.items().get("lr"));
    }

    @Test
    void dictionariesOfOtherClassesAreDictionaries() {
        for (String[] name :
                new String[][] {{"collections", "OrderedDict"}, {"easydict", "EasyDict"}}) {
            PickleWriter pickle = new PickleWriter().global(name[0], name[1]).raw(')').call();
            assertEquals(Map.of("k", 1L), read(pickle.text("k").number(1).set()));
        }
    }

    @Test
    void tensorsAndParametersAreViewsOfStorages() {
        long[] sizes = {2, 3};
        long[] strides = {3, 1};
        PickleWriter pickle = new PickleWriter().global("torch._utils", "_rebuild_parameter");
        pickle.mark().tensor("HalfStorage", "7", 20, 4, sizes, strides).raw(0x88, 'N').tuple();
        TorchTensor tensor = assertInstanceOf(TorchTensor.class, read(pickle.call()));
        assertEquals(new TorchTensor.Storage("7", "HalfStorage", 20), tensor.storage());
        assertEquals(4, tensor.offset());
        assertArrayEquals(sizes, tensor.sizes());
        assertArrayEquals(strides, tensor.strides());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing at all
                "80 02", // no end
                "80 02 7d", // no end after a value
                "80 02 2e", // no value
                "80 02 28 2e", // a mark is no value
                "80 02 61 2e", // append to nothing
                "80 02 74 2e", // tuple without a mark
                "80 02 68 07 2e", // unknown memo
                "80 02 58 ff ff ff 7f 2e", // text of 2 GB
                "80 02 58 ff ff ff ff 2e", // text of negative length
                "80 02 8d ff ff ff ff ff ff ff 7f 2e", // text of 9 EB
                "80 02 8b ff ff ff 7f 2e", // number of 2 GB
                "80 02 4e 4e 52 2e", // call of nothing with nothing
                "80 02 7d 28 4e 75 2e", // key without value
                "80 02 4e 28 4e 4e 75 2e", // items of nothing
                "80 02 49 78 0a 2e", // number that is none
                "80 02 63 6f 73", // name without an end
                "80 02 ff 2e", // unknown operation
                "80 02 4e 51 2e" // persistent id that is none
            })
    void brokenPicklesAreRefused(String hexadecimal) {
        String digits = hexadecimal.replace(" ", "");
        byte[] bytes = java.util.HexFormat.of().parseHex(digits);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> Unpickler.read("test.pt", bytes));
        assertTrue(
                e.getMessage().startsWith("test.pt must hold a well-formed pickle, got a broken"),
                e.getMessage());
    }

    @Test
    void deepNestingCostsNoStack() {
        PickleWriter pickle = new PickleWriter();
        for (int i = 0; i < 1_000_000; i++) {
            pickle.raw(']');
        }
        for (int i = 1; i < 1_000_000; i++) {
            pickle.raw('a');
        }
        assertInstanceOf(List.class, read(pickle));
    }

    @Test
    void sharingDoesNotMultiply() {
        // each line doubles what a copy would cost
        PickleWriter pickle = new PickleWriter().raw(']', 'q', 0);
        for (int i = 0; i < 200; i++) {
            pickle.raw('h', i, 'h', i, 0x86, 'q', i + 1);
        }
        assertInstanceOf(List.class, read(pickle));
    }
}
