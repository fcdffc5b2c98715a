package dev.tiller.zoo.torchscript;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks a pickle of TorchScript without building anything, to see that it is whole and which
 * storages it wants.
 *
 * <p>libtorch trusts the sizes that a pickle states: a storage that is larger than its file is read
 * past the end of memory. So they are compared here first. Opcodes are those that libtorch's own
 * reader knows (Python's pickletools describes them); a pickle that underflows its stack or uses
 * others is refused.
 */
final class ScriptPickle {
    /** What takes the place of values that do not matter here. */
    private static final Object OTHER = new Object();

    /** A module or class name. */
    private record Global(String module, String name) {}

    /** A region of numbers: {@code key} is its file, {@code type} such as FloatStorage. */
    record Storage(String type, String key, long elements) {}

    private final ByteBuffer in;
    private final List<Storage> storages = new ArrayList<>();
    private final List<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private boolean savedInTraining;

    private ScriptPickle(ByteBuffer in) {
        this.in = in;
    }

    /**
     * Walks a pickle.
     *
     * @throws IllegalArgumentException if it is not one, or not whole
     */
    static ScriptPickle read(byte[] bytes) {
        ScriptPickle pickle =
                new ScriptPickle(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        try {
            int opcode = pickle.in.get() & 0xff;
            while (opcode != '.') {
                pickle.step(opcode);
                opcode = pickle.in.get() & 0xff;
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("its pickle ends in the middle", e);
        }
        if (pickle.stack.isEmpty()) {
            throw new IllegalArgumentException("its pickle holds nothing");
        }
        return pickle;
    }

    /** Returns what {@code data/} or {@code constants/} must hold. */
    List<Storage> storages() {
        return storages;
    }

    /** Tells whether a module in it has {@code training = True}. */
    boolean savedInTraining() {
        return savedInTraining;
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> in.get(); // PROTO
            case '(' -> marks.push(stack.size());
            case 'N', 'G', 'J', 'K', 'M', 'X', 0x88, 0x89, 0x8a -> stack.add(atom(opcode));
            case ')', ']', '}' -> stack.add(opcode == ')' ? List.of() : OTHER);
            case 't' -> stack.add(new ArrayList<>(popToMark()));
            case 0x85, 0x86, 0x87 -> stack.add(pop(opcode - 0x84)); // TUPLE1 to TUPLE3
            case 'c' -> stack.add(new Global(line(), line()));
            case 'q' -> memo.put(in.get() & 0xffL, top()); // BINPUT
            case 'r' -> memo.put(in.getInt() & 0xffffffffL, top());
            case 'h' -> stack.add(recall(in.get() & 0xffL)); // BINGET
            case 'j' -> stack.add(recall(in.getInt() & 0xffffffffL));
            case 'Q' -> persistent(pop(1).get(0));
            case 'R', 0x81 -> { // REDUCE, NEWOBJ: callable, arguments
                pop(2);
                stack.add(OTHER);
            }
            case 'b' -> pop(1); // BUILD: the state of the object below
            case 'a' -> pop(1); // APPEND
            case 's' -> entries(pop(2)); // SETITEM
            case 'u' -> entries(popToMark());
            case 'e' -> popToMark();
            case 'l', 'd' -> { // LIST, DICT of all since the mark
                popToMark();
                stack.add(OTHER);
            }
            default ->
                    throw new IllegalArgumentException(
                            "its pickle has the opcode 0x"
                                    + Integer.toHexString(opcode)
                                    + ", which TorchScript does not use");
        }
    }

    private Object atom(int opcode) {
        return switch (opcode) {
            case 'N' -> OTHER;
            case 'G' -> in.getDouble();
            case 'J' -> (long) in.getInt();
            case 'K' -> in.get() & 0xffL;
            case 'M' -> in.getShort() & 0xffffL;
            case 'X' -> text(in.getInt() & 0xffffffffL);
            case 0x8a -> bigInteger();
            default -> opcode == 0x88;
        };
    }

    private long bigInteger() {
        if (in.get() != Long.BYTES) {
            throw new IllegalArgumentException("its pickle has an integer of more than 8 bytes");
        }
        return in.getLong();
    }

    private String text(long length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
        int start = in.position();
        while (in.get() != '\n') {
            // to the end of the line
        }
        return new String(in.array(), start, in.position() - 1 - start, StandardCharsets.UTF_8);
    }

    private void persistent(Object id) {
        if (id instanceof List<?> tuple
                && tuple.size() == 5
                && "storage".equals(tuple.get(0))
                && tuple.get(1) instanceof Global type
                && tuple.get(2) instanceof String key
                && tuple.get(4) instanceof Long elements
                && elements >= 0) {
            storages.add(new Storage(type.name(), key, elements));
            stack.add(OTHER);
            return;
        }
        throw new IllegalArgumentException("its pickle refers to a malformed storage");
    }

    private void entries(List<Object> items) {
        if (items.size() % 2 != 0) {
            throw new IllegalArgumentException("its pickle has a key without a value");
        }
        for (int i = 0; i < items.size(); i += 2) {
            savedInTraining |=
                    "training".equals(items.get(i)) && Boolean.TRUE.equals(items.get(i + 1));
        }
    }

    private Object recall(long key) {
        Object value = memo.get(key);
        if (value == null) {
            throw new IllegalArgumentException("its pickle recalls what it never stored");
        }
        return value;
    }

    private Object top() {
        if (stack.isEmpty()) {
            throw new IllegalArgumentException("its pickle takes from an empty stack");
        }
        return stack.get(stack.size() - 1);
    }

    private List<Object> pop(int count) {
        int floor = marks.isEmpty() ? 0 : marks.peek();
        if (stack.size() - count < floor) {
            throw new IllegalArgumentException("its pickle takes from an empty stack");
        }
        List<Object> tail = stack.subList(stack.size() - count, stack.size());
        List<Object> popped = new ArrayList<>(tail);
        tail.clear();
        return popped;
    }

    private List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw new IllegalArgumentException("its pickle ends a group that it never began");
        }
        int start = marks.pop();
        List<Object> tail = stack.subList(start, stack.size());
        List<Object> popped = new ArrayList<>(tail);
        tail.clear();
        return popped;
    }
}
