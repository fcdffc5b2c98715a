package dev.tiller.cli.compare;

import dev.tiller.cli.run.Counts;

/**
 * What every method of a comparison may spend.
 *
 * @param currency what is counted
 * @param total how much, for all designs of one seed
 */
public record Budget(Currency currency, long total) {
    /** What is counted, after savings: what really went through the networks. */
    public enum Currency {
        /** Rows through the denoiser; a gradient counts as three. */
        DENOISER_ROWS {
            @Override
            public long of(Counts counts) {
                return counts.denoiserRows() + 3 * counts.gradientRows();
            }
        },
        /** Designs scored by the reward. */
        REWARD_CALLS {
            @Override
            public long of(Counts counts) {
                return counts.rewardRows();
            }
        };

        /**
         * Returns what was spent.
         *
         * @param counts evaluations of a run
         * @return the spent part of a budget of this currency
         */
        public abstract long of(Counts counts);
    }

    public Budget {
        if (total < 1) {
            throw new IllegalArgumentException("budget must be at least 1, got " + total);
        }
    }
}
