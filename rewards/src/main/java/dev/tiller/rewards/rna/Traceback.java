package dev.tiller.rewards.rna;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Finds a structure that has the least energy. Of several the choice is fixed: the unpaired base
 * before the pair, the hairpin before the interior loop before the multiloop, the outer pair before
 * the inner.
 */
final class Traceback {
    private final FoldingTables tables;
    private final byte[] bases;
    private final NearestNeighbour model;
    private final char[] structure;
    private final Deque<Part> parts = new ArrayDeque<>();

    private Traceback(FoldingTables tables) {
        this.tables = tables;
        this.bases = tables.bases;
        this.model = tables.model;
        this.structure = new char[bases.length];
        Arrays.fill(structure, '.');
    }

    /** Returns a structure of the least energy in brackets and dots. */
    static String of(FoldingTables tables) {
        Traceback traceback = new Traceback(tables);
        traceback.exterior();
        while (!traceback.parts.isEmpty()) {
            Part part = traceback.parts.pop();
            switch (part.kind()) {
                case CLOSED -> traceback.closed(part.i(), part.j());
                case ONE -> traceback.one(part.i(), part.j());
                case MANY -> traceback.many(part.i(), part.j());
            }
        }
        return new String(traceback.structure);
    }

    private void exterior() {
        int k = bases.length;
        while (k > 0) {
            int least = tables.prefix(k);
            if (least == tables.prefix(k - 1)) {
                k--;
                continue;
            }
            int i = 0;
            while (tables.closed(i, k - 1) == FoldingTables.IMPOSSIBLE
                    || least
                            != tables.prefix(i)
                                    + tables.closed(i, k - 1)
                                    + model.exteriorBranch(bases, i, k - 1)) {
                i++;
            }
            push(Kind.CLOSED, i, k - 1);
            k = i;
        }
    }

    private void closed(int i, int j) {
        structure[i] = '(';
        structure[j] = ')';
        int least = tables.closed(i, j);
        if (least == model.hairpin(bases, i, j) || interior(i, j, least)) {
            return;
        }
        split(i + 1, j - 1, least - model.multiloopClosing(bases, i, j));
    }

    private boolean interior(int i, int j, int least) {
        for (int q = j - 1; q > i; q--) {
            for (int p = i + 1; p <= FoldingTables.lastP(i, j, q); p++) {
                int inner = tables.closed(p, q);
                if (inner < FoldingTables.IMPOSSIBLE
                        && least == inner + model.interior(bases, i, j, p, q)) {
                    push(Kind.CLOSED, p, q);
                    return true;
                }
            }
        }
        return false;
    }

    private void one(int i, int j) {
        int least = tables.one(i, j);
        if (least == tables.one(i, j - 1) + model.multiloopUnpaired()) {
            push(Kind.ONE, i, j - 1);
        } else {
            push(Kind.CLOSED, i, j);
        }
    }

    private void many(int i, int j) {
        int least = tables.many(i, j);
        if (least == tables.many(i + 1, j) + model.multiloopUnpaired()) {
            push(Kind.MANY, i + 1, j);
        } else if (least == tables.one(i, j)) {
            push(Kind.ONE, i, j);
        } else {
            split(i, j, least);
        }
    }

    private void split(int i, int j, int least) {
        int u = i + 1;
        while (least != tables.many(i, u - 1) + tables.one(u, j)) {
            u++;
        }
        push(Kind.MANY, i, u - 1);
        push(Kind.ONE, u, j);
    }

    private void push(Kind kind, int i, int j) {
        parts.push(new Part(kind, i, j));
    }

    private enum Kind {
        CLOSED,
        ONE,
        MANY
    }

    private record Part(Kind kind, int i, int j) {}
}
