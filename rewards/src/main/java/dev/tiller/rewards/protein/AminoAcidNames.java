package dev.tiller.rewards.protein;

import java.util.HashMap;
import java.util.Map;

/** The names of residues in files of structures, and the amino acids that they stand for. */
final class AminoAcidNames {
    private static final String STANDARD =
            "ALA A CYS C ASP D GLU E PHE F GLY G HIS H ILE I LYS K LEU L MET M ASN N PRO P GLN Q"
                    + " ARG R SER S THR T VAL V TRP W TYR Y";

    /**
     * Modified residues with their parents in the chemical component dictionary of the Protein Data
     * Bank, and the names of protonation states in force fields.
     */
    private static final String MODIFIED =
            "MSE M FME M MHO M SEP S TPO T PTR Y TYS Y SEC C CSO C CSD C CSX C CSS C CME C CAS C"
                    + " OCS C SCY C YCM C MLY K MLZ K M3L K ALY K KCX K LLP K PYL K HYP P PCA Q"
                    + " CGU E HIC H NEP H AGM R MEN N"
                    + " HID H HIE H HIP H HSD H HSE H HSP H CYX C CYM C ASH D GLH E LYN K";

    private static final Map<String, Character> LETTERS = map(STANDARD);
    private static final Map<String, Character> PARENTS = map(MODIFIED);
    private static final Map<Character, String> NAMES = new HashMap<>();

    static {
        LETTERS.forEach((name, letter) -> NAMES.put(letter, name));
    }

    private AminoAcidNames() {}

    private static Map<String, Character> map(String table) {
        Map<String, Character> letters = new HashMap<>();
        String[] words = table.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            letters.put(words[i], words[i + 1].charAt(0));
        }
        return letters;
    }

    /** Tells whether a name is that of one of the twenty. */
    static boolean isStandard(String name) {
        return LETTERS.containsKey(name);
    }

    /** Tells whether a name is that of one of the twenty, or of a modified one that is known. */
    static boolean isKnown(String name) {
        return LETTERS.containsKey(name) || PARENTS.containsKey(name);
    }

    /** Returns the amino acid, that of its parent, or X. */
    static char letter(String name) {
        return LETTERS.getOrDefault(name, PARENTS.getOrDefault(name, 'X'));
    }

    /** Returns the name of three letters, UNK for X. */
    static String name(char letter) {
        return NAMES.getOrDefault(letter, "UNK");
    }
}
