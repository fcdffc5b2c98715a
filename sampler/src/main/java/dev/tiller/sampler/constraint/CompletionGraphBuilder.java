package dev.tiller.sampler.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Builds the {@link CompletionGraph} of some rules.
 *
 * <p>Groups of tied positions are decided one after the other, so that several stretches of the
 * design grow at once. What has to be remembered is the scanner's state at the open ends of these
 * stretches and the required motifs seen so far. A stretch that begins in the middle of the design
 * begins with a guess of the scanner's state there, which must be met when the stretch before it
 * arrives; a design fits exactly one guess. So no letter of a tie has to be remembered, and without
 * ties the graph is the scanner alone, unrolled. At last nodes that lead nowhere are left out and
 * nodes with equal futures joined.
 */
final class CompletionGraphBuilder {
    private static final int MAX_EDGES = 1 << 22;

    /** The scanner's state at each open end, then the required motifs seen, in two halves. */
    private record Key(List<Integer> numbers) {}

    private final Rules rules;
    private final String names;
    private final MotifScanner scanner;
    private final boolean oneStretch;
    private final boolean[] decided;
    private final List<List<int[]>> layers = new ArrayList<>();
    private final List<int[]> reachable = new ArrayList<>();
    private int edges;

    // the step that is being made
    private int group;
    private int[] openEnds;
    private final int[] stateAt;
    private Map<Key, Integer> nextNodes;
    private List<Integer> nodeEdges;

    /**
     * Prepares a build.
     *
     * @param rules what a design must satisfy
     * @param names the constraints, for the complaint that they are too many
     */
    CompletionGraphBuilder(Rules rules, String names) {
        this.rules = rules;
        this.names = names;
        this.scanner = new MotifScanner(rules.motifs(), rules.alphabet().size());
        this.oneStretch = rules.groups().length == rules.length();
        this.decided = new boolean[rules.length() + 2];
        decided[0] = true;
        decided[rules.length() + 1] = true;
        this.stateAt = new int[rules.length() + 1];
        reachable.add(new int[] {0});
    }

    /** Returns the graph, or null if there is no design. */
    CompletionGraph build() {
        Map<Key, Integer> nodes = new HashMap<>();
        nodes.put(new Key(List.of(0, 0, 0)), 0);
        openEnds = new int[] {0};
        for (group = 0; group < rules.groups().length; group++) {
            int[] endsBefore = openEnds;
            for (int position : rules.groups()[group]) {
                decided[position + 1] = true;
            }
            openEnds =
                    IntStream.range(0, rules.length())
                            .filter(end -> decided[end] != decided[end + 1])
                            .toArray();
            nextNodes = new HashMap<>();
            int[][] layer = new int[nodes.size()][];
            for (Map.Entry<Key, Integer> node : nodes.entrySet()) {
                layer[node.getValue()] = expand(node.getKey(), endsBefore);
            }
            layers.add(Arrays.asList(layer));
            nodes = nextNodes;
        }
        boolean[] complete = new boolean[nodes.size()];
        nodes.forEach((key, node) -> complete[node] = seen(key.numbers(), 0) == scanner.required());
        return flatten(joined(complete));
    }

    private static long seen(List<Integer> numbers, int offset) {
        return (long) numbers.get(offset) << 32 | (numbers.get(offset + 1) & 0xFFFFFFFFL);
    }

    /** Returns letter and target of each edge of a node. */
    private int[] expand(Key node, int[] ends) {
        Arrays.fill(stateAt, -1);
        for (int i = 0; i < ends.length; i++) {
            stateAt[ends[i]] = node.numbers().get(i);
        }
        nodeEdges = new ArrayList<>();
        long seen = seen(node.numbers(), ends.length);
        long letters = rules.allowed()[rules.groups()[group][0]];
        for (int letter = 0; letter < rules.alphabet().size(); letter++) {
            if ((letters >> letter & 1) == 1) {
                place(letter, 0, seen);
            }
        }
        edges += nodeEdges.size() / 2;
        if (edges > MAX_EDGES) {
            throw tooMany(MAX_EDGES + " transitions");
        }
        return nodeEdges.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Puts a letter at the group's positions from the given one on. */
    private void place(int letter, int index, long seen) {
        int[] positions = rules.groups()[group];
        if (index == positions.length) {
            connect(letter, seen);
            return;
        }
        int position = positions[index];
        if (stateAt[position] >= 0) {
            scan(letter, index, seen);
            return;
        }
        for (int guess : reachable(position)) {
            stateAt[position] = guess;
            scan(letter, index, seen);
        }
        stateAt[position] = -1;
    }

    private void scan(int letter, int index, long seen) {
        int position = rules.groups()[group][index];
        int next = scanner.next(stateAt[position], letter);
        if (next == MotifScanner.FORBIDDEN) {
            return;
        }
        long nowSeen = seen | scanner.hits(stateAt[position], letter);
        if (stateAt[position + 1] < 0) {
            stateAt[position + 1] = next;
            place(letter, index + 1, nowSeen);
            stateAt[position + 1] = -1;
        } else if (stateAt[position + 1] == next) {
            place(letter, index + 1, nowSeen);
        }
    }

    private void connect(int letter, long seen) {
        List<Integer> numbers = new ArrayList<>(openEnds.length + 2);
        for (int end : openEnds) {
            numbers.add(oneStretch ? scanner.forget(stateAt[end], seen) : stateAt[end]);
        }
        numbers.add((int) (seen >>> 32));
        numbers.add((int) seen);
        Integer known = nextNodes.putIfAbsent(new Key(numbers), nextNodes.size());
        if (nextNodes.size() > CompiledConstraints.MAX_STATES) {
            throw tooMany(
                    CompiledConstraints.MAX_STATES
                            + " states at position "
                            + (rules.groups()[group][0] + 1));
        }
        nodeEdges.add(letter);
        nodeEdges.add(known == null ? nextNodes.size() - 1 : known);
    }

    private IllegalArgumentException tooMany(String what) {
        return new IllegalArgumentException(
                "constraints together need more than "
                        + what
                        + "; use fewer or shorter motifs, fewer open places in them, or ties that"
                        + " run in parallel, got "
                        + names);
    }

    /** Returns the scanner's possible states after {@code end} letters, ties not regarded. */
    private int[] reachable(int end) {
        while (reachable.size() <= end) {
            int position = reachable.size() - 1;
            long letters = rules.allowed()[position];
            int[] states =
                    IntStream.of(reachable.get(position))
                            .flatMap(
                                    state ->
                                            IntStream.range(0, rules.alphabet().size())
                                                    .filter(k -> (letters >> k & 1) == 1)
                                                    .map(k -> scanner.next(state, k)))
                            .filter(state -> state != MotifScanner.FORBIDDEN)
                            .distinct()
                            .toArray();
            if (states.length > CompiledConstraints.MAX_STATES) {
                throw tooMany(
                        CompiledConstraints.MAX_STATES + " states at position " + (position + 1));
            }
            reachable.add(states);
        }
        return reachable.get(end);
    }

    /**
     * Joins the nodes of equal futures, from the last layer back.
     *
     * @return for each layer the edges of its nodes; null if there is no path
     */
    private List<List<int[]>> joined(boolean[] complete) {
        List<List<int[]>> result = new ArrayList<>();
        result.add(List.of(new int[0]));
        int[] numbers =
                IntStream.range(0, complete.length).map(i -> complete[i] ? 0 : -1).toArray();
        for (int layer = layers.size() - 1; layer >= 0; layer--) {
            List<int[]> nodes = layers.get(layer);
            Map<List<Integer>, Integer> futures = new HashMap<>();
            List<int[]> kept = new ArrayList<>();
            int[] own = new int[nodes.size()];
            for (int node = 0; node < own.length; node++) {
                int[] alive = alive(nodes.get(node), numbers);
                own[node] = -1;
                if (alive.length > 0) {
                    List<Integer> future = IntStream.of(alive).boxed().toList();
                    Integer known = futures.putIfAbsent(future, kept.size());
                    own[node] = known == null ? kept.size() : known;
                    if (known == null) {
                        kept.add(alive);
                    }
                }
            }
            result.add(0, kept);
            numbers = own;
        }
        return numbers[0] < 0 ? null : result;
    }

    /** Renumbers the targets of a node's edges and leaves out dead ones; sorted. */
    private static int[] alive(int[] edges, int[] numbers) {
        long[] sorted =
                IntStream.range(0, edges.length / 2)
                        .filter(i -> numbers[edges[2 * i + 1]] >= 0)
                        .mapToLong(i -> (long) edges[2 * i] << 32 | numbers[edges[2 * i + 1]])
                        .sorted()
                        .toArray();
        return Arrays.stream(sorted)
                .flatMap(edge -> LongStream.of(edge >> 32, (int) edge))
                .mapToInt(value -> (int) value)
                .toArray();
    }

    private static CompletionGraph flatten(List<List<int[]>> layers) {
        if (layers == null) {
            return null;
        }
        int nodes = layers.stream().mapToInt(List::size).sum();
        int edges = layers.stream().flatMap(List::stream).mapToInt(e -> e.length / 2).sum();
        int[] layerStart = new int[layers.size() + 1];
        int[] edgeStart = new int[nodes + 1];
        byte[] edgeLetter = new byte[edges];
        int[] edgeTarget = new int[edges];
        int node = 0;
        int edge = 0;
        for (int layer = 0; layer < layers.size(); layer++) {
            layerStart[layer] = node;
            int nextLayer = node + layers.get(layer).size();
            for (int[] own : layers.get(layer)) {
                edgeStart[node++] = edge;
                for (int i = 0; i < own.length; i += 2) {
                    edgeLetter[edge] = (byte) own[i];
                    edgeTarget[edge++] = nextLayer + own[i + 1];
                }
            }
        }
        layerStart[layers.size()] = node;
        edgeStart[node] = edge;
        return new CompletionGraph(layerStart, edgeStart, edgeLetter, edgeTarget);
    }
}
