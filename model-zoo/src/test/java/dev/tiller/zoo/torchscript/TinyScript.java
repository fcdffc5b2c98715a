package dev.tiller.zoo.torchscript;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive by hand: the module {@code relu(x W^T + b)} with a body of one's
 * own.
 */
public final class TinyScript {
    static final int INPUTS = 3;
    static final int OUTPUTS = 2;
    static final float[] WEIGHT = {0.5f, -1.25f, 2f, 1.5f, 0.75f, -0.5f};
    static final float[] BIAS = {0.25f, -0.125f};

    /** A body as tracing in evaluation leaves it, its dropout switched off. */
    public static final String TRACED =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor) -> Tensor:
                weight = self.weight
                bias = self.bias
                _0 = torch.linear(x, weight, bias)
                _1 = torch.dropout(_0, 0.5, False)
                return torch.relu(_1)
            """;

    /** A body as scripting leaves it. */
    static final String SCRIPTED =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor) -> Tensor:
                weight = self.weight
                bias = self.bias
                training = self.training
                _0 = torch.linear(x, weight, bias)
                _1 = torch.dropout(_0, 0.5, training)
                return torch.relu(_1)
            """;

    /** A body as freezing leaves it: the weights are constants. */
    static final String FROZEN =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor) -> Tensor:
                return torch.relu(torch.linear(x, CONSTANTS.c0, CONSTANTS.c1))
            """;

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private TinyScript() {}

    /** A module with parameters and the given method. */
    public static TinyScript of(String forward) {
        String fields =
                """
                class Tiny(Module):
                  __parameters__ = ["weight", "bias", ]
                  __buffers__ = []
                  weight : Tensor
                  bias : Tensor
                  training : bool
                """;
        TinyScript script = new TinyScript();
        script.files.put("data.pkl", module(true, false));
        script.files.put("code/__torch__.py", utf8(fields + forward));
        script.files.put("data/0", floats(WEIGHT));
        script.files.put("data/1", floats(BIAS));
        script.files.put("constants.pkl", new Pickle().open().close().end());
        script.files.put("version", utf8("3\n"));
        return script;
    }

    /** A module without parameters, whose constants are the weights. */
    static TinyScript frozen() {
        String fields =
                """
                class Tiny(Module):
                  __parameters__ = []
                  __buffers__ = []
                """;
        TinyScript script = new TinyScript();
        script.files.put("data.pkl", module(false, false));
        script.files.put("code/__torch__.py", utf8(fields + FROZEN));
        script.files.put("constants/0", floats(WEIGHT));
        script.files.put("constants/1", floats(BIAS));
        script.files.put(
                "constants.pkl",
                new Pickle()
                        .open()
                        .tensor("0", OUTPUTS, INPUTS)
                        .tensor("1", OUTPUTS)
                        .close()
                        .end());
        script.files.put("version", utf8("3\n"));
        return script;
    }

    /** The state of the module: its class, and the values of its fields. */
    static byte[] module(boolean parameters, boolean training) {
        Pickle pickle = new Pickle().global("__torch__", "Tiny").raw(")").raw(0x81).raw("}").open();
        if (parameters) {
            pickle.string("weight").tensor("0", OUTPUTS, INPUTS);
            pickle.string("bias").tensor("1", OUTPUTS);
            pickle.string("training").raw(training ? 0x88 : 0x89);
        }
        return pickle.raw("u").raw("b").end();
    }

    /** Replaces or adds a file. */
    TinyScript with(String name, byte[] bytes) {
        files.put(name, bytes);
        return this;
    }

    TinyScript without(String name) {
        files.remove(name);
        return this;
    }

    public Path write(Path file) {
        return write(file, ZipEntry.STORED);
    }

    Path write(Path file, int method) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : files.entrySet()) {
                ZipEntry header = new ZipEntry("tiny/" + entry.getKey());
                header.setMethod(method);
                header.setSize(entry.getValue().length);
                if (method == ZipEntry.STORED) {
                    CRC32 sum = new CRC32();
                    sum.update(entry.getValue());
                    header.setCrc(sum.getValue());
                }
                zip.putNextEntry(header);
                zip.write(entry.getValue());
                zip.closeEntry();
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] floats(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** The few opcodes of pickle protocol 2 that the archives need. */
    static final class Pickle {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Pickle() {
            raw(0x80).raw(2);
        }

        Pickle raw(int opcode) {
            out.write(opcode);
            return this;
        }

        Pickle raw(String opcodes) {
            out.writeBytes(utf8(opcodes));
            return this;
        }

        Pickle open() {
            return raw("(");
        }

        /** Makes a tuple of all since {@link #open}. */
        Pickle close() {
            return raw("t");
        }

        Pickle integer(int value) {
            return raw("J").raw(value & 0xff)
                    .raw(value >> 8 & 0xff)
                    .raw(value >> 16 & 0xff)
                    .raw(value >> 24 & 0xff);
        }

        Pickle string(String value) {
            raw("X");
            int length = utf8(value).length;
            return raw(length).raw(0).raw(0).raw(0).raw(value);
        }

        Pickle global(String module, String name) {
            return raw("c" + module + "\n" + name + "\n");
        }

        Pickle storage(String type, String key, int elements) {
            open().string("storage").global("torch", type).string(key).string("cpu");
            return integer(elements).close().raw("Q");
        }

        Pickle tensor(String key, int... shape) {
            global("torch._utils", "_rebuild_tensor_v2").open();
            int elements = 1;
            for (int size : shape) {
                elements *= size;
            }
            storage("FloatStorage", key, elements).integer(0).open();
            for (int size : shape) {
                integer(size);
            }
            close().open();
            for (int i = 0; i < shape.length; i++) {
                elements /= shape[i];
                integer(elements);
            }
            close().raw(0x89).global("collections", "OrderedDict").raw(")R");
            return close().raw("R");
        }

        byte[] end() {
            return raw(".").out.toByteArray();
        }
    }
}
