package dev.tiller.rewards;

/** How a design is written as text. */
public enum Notation {
    /** One letter of the alphabet for each position: DNA, RNA, protein. */
    SEQUENCE("sequences"),
    /** A molecule as SMILES; the empty text is a molecule without atoms. */
    SMILES("molecules");

    private final String plural;

    Notation(String plural) {
        this.plural = plural;
    }

    /** Returns what is written, in the plural. */
    @Override
    public String toString() {
        return plural;
    }
}
