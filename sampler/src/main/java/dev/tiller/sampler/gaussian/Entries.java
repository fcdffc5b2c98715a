package dev.tiller.sampler.gaussian;

/**
 * The free coordinates of one particle's row: those that exist, of each pair of a symmetric matrix
 * the upper one alone.
 *
 * @param coordinates where they lie in the row, component by component
 * @param mirrors where the same number lies a second time, or -1
 * @param ends for each component, the number of free coordinates up to its end
 */
record Entries(int[] coordinates, int[] mirrors, int[] ends) {
    int count() {
        return coordinates.length;
    }

    int start(int component) {
        return component == 0 ? 0 : ends[component - 1];
    }

    /** Returns how many entries of the full array a free coordinate stands for. */
    int multiplicity(int entry) {
        return mirrors[entry] < 0 ? 1 : 2;
    }

    /** Writes a number to where it belongs. */
    void put(float[] row, int entry, float value) {
        row[coordinates[entry]] = value;
        if (mirrors[entry] >= 0) {
            row[mirrors[entry]] = value;
        }
    }

    /** Returns the sum over the places of a free coordinate. */
    double sum(float[] row, int entry) {
        double first = row[coordinates[entry]];
        return mirrors[entry] < 0 ? first : first + row[mirrors[entry]];
    }
}
