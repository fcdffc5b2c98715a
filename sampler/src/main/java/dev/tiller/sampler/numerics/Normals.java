package dev.tiller.sampler.numerics;

/**
 * Standard normal numbers from uniforms by the transform of Box and Muller (1958), in float64 and
 * with {@link StrictMath}, so that they are the same on every platform. Tails reach beyond 8
 * standard deviations.
 */
public final class Normals {
    private Normals() {}

    /**
     * Returns how many uniforms make a number of normals.
     *
     * @param normals how many normals are wanted
     * @return the next even number
     */
    public static int uniforms(int normals) {
        return normals + (normals & 1);
    }

    /**
     * Turns uniforms into normals, two by two: with r = sqrt(-2 log u_0), the pair is r cos(2 pi
     * u_1), r sin(2 pi u_1).
     *
     * @param uniforms an even number of uniforms in (0, 1), each replaced by a normal
     */
    public static void toNormals(double[] uniforms) {
        for (int i = 0; i < uniforms.length; i += 2) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(uniforms[i]));
            double angle = 2 * StrictMath.PI * uniforms[i + 1];
            uniforms[i] = radius * StrictMath.cos(angle);
            uniforms[i + 1] = radius * StrictMath.sin(angle);
        }
    }
}
