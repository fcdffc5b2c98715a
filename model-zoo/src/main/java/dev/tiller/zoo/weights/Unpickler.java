package dev.tiller.zoo.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a Python pickle (protocols 0 to 5) as data: maps, lists, text, numbers and tensors. Nothing
 * is executed: of the objects that a pickle asks to be built, those that hold tensors are known
 * here, and every other becomes a {@link Stub}.
 *
 * <p>The pickle is hostile input. Each operation takes at least a byte of it and makes at most one
 * object, and every length is held against the bytes that are left, so time and memory are bounded
 * by its size.
 */
final class Unpickler {
    private static final Object MARK = new Object();
    private static final int MOST_NAME = 400;

    private final String file;
    private final ByteBuffer in;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Unpickler(String file, byte[] pickle) {
        this.file = file;
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads one object.
     *
     * @param file what to call the pickle in errors
     * @param pickle the bytes
     * @return a Map, List, String, Long, BigInteger, Double, Boolean, byte[], {@link TorchTensor},
     *     {@link Stub} or null; containers may hold themselves
     * @throws IllegalArgumentException if it is not a well-formed pickle
     */
    static Object read(String file, byte[] pickle) {
        Unpickler unpickler = new Unpickler(file, pickle);
        try {
            return unpickler.run();
        } catch (BufferUnderflowException e) {
            throw unpickler.broken("it ends in the middle", e);
        } catch (ClassCastException | NumberFormatException | ArithmeticException e) {
            throw unpickler.broken("an operand is of another type than its operation needs", e);
        }
    }

    private IllegalArgumentException broken(String why, Exception cause) {
        return new IllegalArgumentException(
                file + " must hold a well-formed pickle, got a broken one: " + why, cause);
    }

    private Object run() {
        while (true) {
            int operation = Byte.toUnsignedInt(in.get());
            if (operation == '.') {
                return pop();
            }
            if (!number(operation)
                    && !text(operation)
                    && !container(operation)
                    && !memory(operation)
                    && !object(operation)) {
                throw broken("operation " + operation + " at byte " + (in.position() - 1), null);
            }
        }
    }

    private boolean number(int operation) {
        switch (operation) {
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) in.getInt());
            case 'K' -> push((long) Byte.toUnsignedInt(in.get()));
            case 'M' -> push((long) Short.toUnsignedInt(in.getShort()));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case 0x8a -> push(whole(bytes(Byte.toUnsignedInt(in.get()))));
            case 0x8b -> push(whole(bytes(in.getInt())));
            case 'I' -> {
                String line = line();
                push(line.equals("01") ? true : line.equals("00") ? false : parse(line));
            }
            case 'L' -> push(parse(line().replaceAll("L$", "")));
            case 'F' -> push(Double.parseDouble(line()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static Object parse(String digits) {
        return Long.parseLong(digits);
    }

    private static Object whole(byte[] littleEndian) {
        if (littleEndian.length == 0) {
            return 0L;
        }
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
        }
        BigInteger value = new BigInteger(bigEndian);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private boolean text(int operation) {
        switch (operation) {
            case 'X' -> push(utf8(in.getInt()));
            case 0x8c -> push(utf8(Byte.toUnsignedInt(in.get())));
            case 0x8d -> push(utf8(in.getLong()));
            case 'V' -> push(line());
            case 'S' -> push(line().replaceAll("^['\"]|['\"]$", ""));
            case 'U' -> push(latin(Byte.toUnsignedInt(in.get())));
            case 'T' -> push(latin(in.getInt()));
            case 'B' -> push(bytes(Integer.toUnsignedLong(in.getInt())));
            case 'C' -> push(bytes(Byte.toUnsignedInt(in.get())));
            case 0x8e, 0x96 -> push(bytes(in.getLong()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean container(int operation) {
        switch (operation) {
            case '(' -> stack.add(MARK);
            case '}' -> push(new LinkedHashMap<>());
            case ']', ')', 0x8f -> push(new ArrayList<>());
            case 't', 'l', 0x91 -> push(new ArrayList<>(toMark()));
            case 'd' -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                set(map, toMark());
                push(map);
            }
            case 0x85 -> push(last(1));
            case 0x86 -> push(last(2));
            case 0x87 -> push(last(3));
            case 'a' -> {
                List<Object> one = last(1);
                appendAll(one);
            }
            case 'e', 0x90 -> appendAll(toMark());
            case 's' -> {
                Object value = pop();
                Object key = pop();
                List<Object> pair = new ArrayList<>();
                pair.add(key);
                pair.add(value);
                set(items(top()), pair);
            }
            case 'u' -> {
                List<Object> pairs = toMark();
                set(items(top()), pairs);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean memory(int operation) {
        switch (operation) {
            case 0x80 -> in.get();
            case 0x95 -> in.getLong();
            case '0' -> pop();
            case '1' -> toMark();
            case '2' -> push(top());
            case 'g' -> push(recall(Integer.parseInt(line())));
            case 'h' -> push(recall(Byte.toUnsignedInt(in.get())));
            case 'j' -> push(recall(in.getInt()));
            case 'p' -> memo.put(Integer.parseInt(line()), top());
            case 'q' -> memo.put(Byte.toUnsignedInt(in.get()), top());
            case 'r' -> memo.put(in.getInt(), top());
            case 0x94 -> memo.put(memo.size(), top());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean object(int operation) {
        switch (operation) {
            case 'c' -> {
                String module = line();
                push(global(module, line()));
            }
            case 0x93 -> {
                String name = (String) pop();
                push(global((String) pop(), name));
            }
            case 'R', 0x81 -> {
                List<?> arguments = popList();
                push(TorchObjects.build(pop(), arguments));
            }
            case 0x92 -> {
                pop();
                List<?> arguments = popList();
                push(TorchObjects.build(pop(), arguments));
            }
            case 'o' -> {
                List<Object> all = toMark();
                Object type = all.isEmpty() ? null : all.get(0);
                push(TorchObjects.build(type, all.subList(Math.min(1, all.size()), all.size())));
            }
            case 'i' -> {
                String module = line();
                push(TorchObjects.build(global(module, line()), toMark()));
            }
            // the state of an object; tensors and dictionaries have none that matters
            case 'b' -> {
                pop();
                top();
            }
            case 'Q' -> push(TorchObjects.storage(popList()));
            case 'P' -> push(new Stub("persistent id " + line()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static Stub global(String module, String name) {
        boolean sane = module.length() + name.length() <= MOST_NAME;
        return new Stub(sane ? module + "." + name : "a global with a long name");
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object pop() {
        Object top = top();
        stack.remove(stack.size() - 1);
        return top;
    }

    private List<?> popList() {
        if (pop() instanceof List<?> list) {
            return list;
        }
        throw broken("arguments are no list at byte " + in.position(), null);
    }

    private Object top() {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw broken("an operation lacks its operand at byte " + in.position(), null);
        }
        return stack.get(stack.size() - 1);
    }

    private List<Object> last(int count) {
        List<Object> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(pop());
        }
        Collections.reverse(values);
        return values;
    }

    private List<Object> toMark() {
        int mark = stack.size() - 1;
        while (mark >= 0 && stack.get(mark) != MARK) {
            mark--;
        }
        if (mark < 0) {
            throw broken("a list of operands has no start at byte " + in.position(), null);
        }
        List<Object> above = stack.subList(mark + 1, stack.size());
        List<Object> values = new ArrayList<>(above);
        above.clear();
        stack.remove(mark);
        return values;
    }

    @SuppressWarnings("unchecked")
    private void appendAll(List<Object> values) {
        if (top() instanceof List<?> list) {
            ((List<Object>) list).addAll(values);
        }
    }

    private Object recall(int index) {
        if (!memo.containsKey(index)) {
            throw broken("it refers to object " + index + ", which is not there", null);
        }
        return memo.get(index);
    }

    private void set(Map<Object, Object> map, List<Object> pairs) {
        if (pairs.size() % 2 != 0) {
            throw broken("a dictionary has a key without a value at byte " + in.position(), null);
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            map.put(key(pairs.get(i)), pairs.get(i + 1));
        }
    }

    /** Keys that are containers could hold themselves; nobody looks them up. */
    private static Object key(Object key) {
        boolean plain =
                key == null
                        || key instanceof String
                        || key instanceof Number
                        || key instanceof Boolean;
        return plain ? key : new Stub("a key");
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> items(Object owner) {
        if (owner instanceof Stub stub) {
            return stub.items();
        }
        if (owner instanceof Map<?, ?>) {
            return (Map<Object, Object>) owner;
        }
        throw broken("items are set on no dictionary at byte " + in.position(), null);
    }

    private byte[] bytes(long length) {
        if (length < 0 || length > in.remaining()) {
            throw broken(
                    "it names " + length + " bytes where " + in.remaining() + " are left", null);
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private String utf8(long length) {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    private String latin(long length) {
        return new String(bytes(length), StandardCharsets.ISO_8859_1);
    }

    private String line() {
        int start = in.position();
        while (in.get() != '\n') {
            // the position moves on
        }
        return new String(in.array(), start, in.position() - 1 - start, StandardCharsets.UTF_8);
    }
}
