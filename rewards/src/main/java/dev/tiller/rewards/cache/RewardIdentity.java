package dev.tiller.rewards.cache;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardOption;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.Rewards;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says which function of designs a reward is. Scores may be shared between runs whose rewards have
 * equal identities, and only between those.
 *
 * @param text any text that is different for rewards that differ
 */
public record RewardIdentity(String text) {

    /** Checks that there is a text. */
    public RewardIdentity {
        Objects.requireNonNull(text, "text");
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    "identity of a reward must say which reward it is, got an empty one; write its"
                            + " name, options and version");
        }
    }

    /**
     * Makes the identity of a registered reward from its name, all its options, defaults included,
     * and the digest of its weights. Options marked with {@link NoEffectOnScores} are left out.
     * Values are compared as text, so 0.5 and 0.50 are two identities.
     *
     * @param provider the provider that made the reward
     * @param given the options it was made with, as for {@link Rewards#create}
     * @param reward the reward
     * @return its identity
     */
    public static RewardIdentity of(
            RewardProvider<?> provider, Map<String, ?> given, Reward reward) {
        Set<String> immaterial =
                Stream.of(provider.optionsType().getRecordComponents())
                        .filter(c -> c.isAnnotationPresent(NoEffectOnScores.class))
                        .map(RecordComponent::getName)
                        .collect(Collectors.toSet());
        StringBuilder text = new StringBuilder();
        add(text, "reward", provider.name());
        for (RewardOption option : Rewards.of(List.of(provider)).describe(provider.name())) {
            if (!immaterial.contains(option.name())) {
                Object value = given.get(option.name());
                add(text, option.name(), value == null ? option.defaultValue() : show(value));
            }
        }
        add(text, "digest", reward.digest().orElse("none"));
        return new RewardIdentity(text.toString());
    }

    /**
     * Returns the fingerprint of the text.
     *
     * @return SHA-256 of its UTF-8 bytes, in lower-case hexadecimal
     */
    public String digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Adds a line; the length before the value keeps values with line ends apart. */
    private static void add(StringBuilder text, String key, String value) {
        text.append(key).append(' ').append(value.length()).append(' ').append(value).append('\n');
    }

    /** A list as a command line has it, so that both ways of giving one are equal. */
    private static String show(Object value) {
        return value instanceof Collection<?> elements
                ? elements.stream().map(String::valueOf).collect(Collectors.joining(","))
                : value.toString();
    }
}
