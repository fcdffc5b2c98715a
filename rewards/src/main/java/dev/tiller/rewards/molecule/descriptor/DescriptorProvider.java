package dev.tiller.rewards.molecule.descriptor;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.MoleculeReward;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * Makes rewards of one number that a molecule has; the number stands in the breakdown. What is no
 * molecule is scored as if its number were the worst: below the range that molecules have for the
 * form {@code value}, above it for {@code negative}, and that far from the target for {@code
 * target}.
 */
public abstract class DescriptorProvider implements RewardProvider<DescriptorOptions> {
    private final String name;
    private final String description;
    private final ToDoubleFunction<Molecule> descriptor;
    private final double least;
    private final double most;

    /**
     * Says what the number is.
     *
     * @param name the name of the reward
     * @param description one sentence for listings
     * @param descriptor gives the number
     * @param least the number that stands for an invalid molecule where much is good
     * @param most the number that stands for an invalid molecule where little is good
     */
    protected DescriptorProvider(
            String name,
            String description,
            ToDoubleFunction<Molecule> descriptor,
            double least,
            double most) {
        this.name = Objects.requireNonNull(name, "name");
        this.description = Objects.requireNonNull(description, "description");
        this.descriptor = Objects.requireNonNull(descriptor, "descriptor");
        this.least = least;
        this.most = most;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String description() {
        return description;
    }

    @Override
    public final Class<DescriptorOptions> optionsType() {
        return DescriptorOptions.class;
    }

    @Override
    public final DescriptorOptions defaults() {
        return DescriptorOptions.defaults();
    }

    @Override
    public final Reward create(DescriptorOptions options, RewardContext context) {
        return new MoleculeReward(
                name,
                List.of("number"),
                MoleculeReward.invalid(options.invalid(), worst(options)),
                molecule -> {
                    double number = descriptor.applyAsDouble(molecule);
                    return new double[] {options.form().score(number, options.target()), number};
                });
    }

    private double worst(DescriptorOptions options) {
        return switch (options.form()) {
            case VALUE -> least;
            case NEGATIVE -> 0 - most;
            case TARGET -> 0 - most - Math.abs(options.target());
        };
    }
}
