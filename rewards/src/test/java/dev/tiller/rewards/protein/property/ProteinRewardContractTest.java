package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardContract;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** All rewards of one number, and sequence recovery, keep the contract. */
final class ProteinRewardContractTest {
    private static Reward reward(PropertyProvider provider) {
        return provider.create(provider.defaults(), RewardContext.cpu());
    }

    @Nested
    final class IsoelectricPointContract extends RewardContract {
        @Override
        protected Reward reward() {
            return ProteinRewardContractTest.reward(new IsoelectricPoint.Provider());
        }
    }

    @Nested
    final class InstabilityContract extends RewardContract {
        @Override
        protected Reward reward() {
            return ProteinRewardContractTest.reward(new InstabilityIndex.Provider());
        }
    }

    @Nested
    final class WeightContract extends RewardContract {
        @Override
        protected Reward reward() {
            return ProteinRewardContractTest.reward(new ProteinWeight.Provider());
        }
    }

    @Nested
    final class CompositionContract extends RewardContract {
        @Override
        protected Reward reward() {
            return new AminoAcidComposition.Provider()
                    .create(AminoAcidComposition.Options.defaults(), RewardContext.cpu());
        }
    }

    @Nested
    final class LowComplexityContract extends RewardContract {
        @Override
        protected Reward reward() {
            return new LowComplexity.Provider()
                    .create(LowComplexity.Options.defaults(), RewardContext.cpu());
        }
    }

    @Nested
    final class RecoveryContract extends RewardContract {
        @Override
        protected Reward reward() {
            return new SequenceRecovery(new SequenceRecovery.Options("ACDX"));
        }

        @Override
        protected Designs designs() {
            return new Designs(List.of("ACDE", "XXXX", "WCDW", "ACDX"));
        }
    }
}
