package dev.tiller.sampler.constraint;

/**
 * All designs that satisfy some constraints, as the paths of a layered graph: one layer for each
 * group of tied positions, in the order of their first positions, and a last one with a single
 * node. Each edge is a letter for the group of its layer. Each design is exactly one path from node
 * 0 to the last node, and each edge lies on such a path.
 *
 * @param layerStart the first node of each layer, [groups + 2]; nodes are numbered by layer
 * @param edgeStart the first edge of each node, [nodes + 1]
 * @param edgeLetter the letter of each edge; ascending within a node
 * @param edgeTarget the node in the next layer to which each edge leads
 */
record CompletionGraph(int[] layerStart, int[] edgeStart, byte[] edgeLetter, int[] edgeTarget) {
    int groups() {
        return layerStart.length - 2;
    }

    int nodes() {
        return edgeStart.length - 1;
    }

    int lastNode() {
        return nodes() - 1;
    }

    /** Returns the letters that some design has at a group, as a bit mask. */
    long lettersOf(int group) {
        long set = 0;
        int end = edgeStart[layerStart[group + 1]];
        for (int edge = edgeStart[layerStart[group]]; edge < end; edge++) {
            set |= 1L << edgeLetter[edge];
        }
        return set;
    }
}
