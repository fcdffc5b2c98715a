package dev.tiller.rewards;

/**
 * What a design was made for, such as the backbone that a protein is to fold into. A reward may
 * need it beside the text of the design.
 */
public interface Condition {
    /**
     * Returns what tells this condition from others, for caches.
     *
     * @return a text that is equal for equal conditions alone
     */
    String id();
}
