package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.RewardContract;
import java.util.ArrayList;
import java.util.List;

/** What rewards of any letters keep, on fewer designs than all pairs of so many letters. */
abstract class AnyLettersContract extends RewardContract {

    @Override
    protected Designs designs() {
        List<String> sequences = new ArrayList<>(List.of("", "AC", "ACGT", "AAAAAAA", "MKV*"));
        for (char letter : AnyLetters.LETTERS.toCharArray()) {
            sequences.add(String.valueOf(letter));
        }
        sequences.add(AnyLetters.LETTERS.repeat(6));
        return new Designs(sequences);
    }
}
