package dev.tiller.rewards;

/**
 * One option of a reward, as a listing shows it.
 *
 * @param name the configuration key
 * @param type what values look like: {@code number}, {@code integer}, {@code text}, {@code path},
 *     the values of an enumeration such as {@code count|presence}, or {@code list of number}
 * @param defaultValue the value that holds if none is given, or {@code none}
 */
public record RewardOption(String name, String type, String defaultValue) {}
