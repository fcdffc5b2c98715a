package dev.tiller.zoo.architecture;

/**
 * The distribution of a parameter's initial elements; PyTorch's defaults.
 *
 * @param kind the distribution
 * @param scale the bound of a uniform, the standard deviation of a normal, the constant, or the
 *     diagonal of a square matrix that is zero elsewhere
 */
record Initial(Kind kind, double scale) {
    enum Kind {
        UNIFORM,
        NORMAL,
        CONSTANT,
        DIAGONAL
    }

    static final Initial ZERO = new Initial(Kind.CONSTANT, 0);
    static final Initial ONE = new Initial(Kind.CONSTANT, 1);

    /** Weight and bias of a layer that sums {@code fanIn} inputs. */
    static Initial fanIn(long fanIn) {
        return new Initial(Kind.UNIFORM, 1 / Math.sqrt(fanIn));
    }

    /** A matrix whose inputs and outputs keep their variance, by a uniform. */
    static Initial glorot(long inputs, long outputs) {
        return new Initial(Kind.UNIFORM, Math.sqrt(6.0 / (inputs + outputs)));
    }

    static Initial normal(double deviation) {
        return new Initial(Kind.NORMAL, deviation);
    }

    static Initial diagonal(double element) {
        return new Initial(Kind.DIAGONAL, element);
    }

    /** How many uniforms {@link #elements} needs. */
    int uniforms(int elements) {
        return kind == Kind.NORMAL ? elements + elements % 2 : elements;
    }

    /** Turns uniforms into elements; StrictMath, so that every platform gets the same weights. */
    float[] elements(double[] uniforms, int count) {
        float[] elements = new float[count];
        for (int i = 0; i < count; i++) {
            elements[i] =
                    switch (kind) {
                        case UNIFORM -> (float) (scale * (2 * uniforms[i] - 1));
                        case NORMAL -> (float) (scale * normal(uniforms, i));
                        case CONSTANT -> (float) scale;
                        case DIAGONAL ->
                                i % (Math.round(Math.sqrt(count)) + 1) == 0 ? (float) scale : 0;
                    };
        }
        return elements;
    }

    /** Box-Muller: each pair of uniforms gives a pair of normals. */
    private static double normal(double[] uniforms, int i) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(uniforms[i & ~1]));
        double angle = 2 * StrictMath.PI * uniforms[i | 1];
        return radius * ((i & 1) == 0 ? StrictMath.cos(angle) : StrictMath.sin(angle));
    }
}
