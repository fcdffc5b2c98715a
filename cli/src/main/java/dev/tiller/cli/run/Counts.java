package dev.tiller.cli.run;

import dev.tiller.sampler.Ledger;

/**
 * Network and reward evaluations of a run.
 *
 * @param denoiserRows rows through the denoiser
 * @param denoiserRowsWithoutSavings rows that would have gone through it without savings
 * @param valueRows rows through the value network
 * @param valueRowsWithoutSavings rows that would have gone through it without savings
 * @param rewardRows designs scored by the reward
 * @param rewardRowsWithoutSavings designs that would have been scored without savings
 * @param gradientRows rows through networks forwards and backwards
 */
public record Counts(
        long denoiserRows,
        long denoiserRowsWithoutSavings,
        long valueRows,
        long valueRowsWithoutSavings,
        long rewardRows,
        long rewardRowsWithoutSavings,
        long gradientRows) {
    static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0, 0);

    static Counts of(Ledger ledger) {
        return new Counts(
                ledger.rows(Ledger.Account.DENOISER),
                ledger.requestedRows(Ledger.Account.DENOISER),
                ledger.rows(Ledger.Account.VALUE),
                ledger.requestedRows(Ledger.Account.VALUE),
                ledger.rows(Ledger.Account.REWARD),
                ledger.requestedRows(Ledger.Account.REWARD),
                ledger.rows(Ledger.Account.GRADIENT));
    }

    Counts plus(Counts other) {
        return new Counts(
                denoiserRows + other.denoiserRows,
                denoiserRowsWithoutSavings + other.denoiserRowsWithoutSavings,
                valueRows + other.valueRows,
                valueRowsWithoutSavings + other.valueRowsWithoutSavings,
                rewardRows + other.rewardRows,
                rewardRowsWithoutSavings + other.rewardRowsWithoutSavings,
                gradientRows + other.gradientRows);
    }

    Counts minus(Counts other) {
        return new Counts(
                denoiserRows - other.denoiserRows,
                denoiserRowsWithoutSavings - other.denoiserRowsWithoutSavings,
                valueRows - other.valueRows,
                valueRowsWithoutSavings - other.valueRowsWithoutSavings,
                rewardRows - other.rewardRows,
                rewardRowsWithoutSavings - other.rewardRowsWithoutSavings,
                gradientRows - other.gradientRows);
    }
}
