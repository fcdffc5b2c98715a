package dev.tiller.rewards.protein;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A choice of residues: chains and ranges of residues separated by commas, such as {@code A},
 * {@code A1-60,B}, {@code A52A-60} or {@code A7}. A part that is the name of a chain is that chain.
 */
final class Selection {
    private static final String NUMBER = "(-?\\d+)([A-Za-z]?)";
    private static final Pattern RANGE = Pattern.compile(NUMBER + "(?:-" + NUMBER + ")?");
    private static final Pattern PART = Pattern.compile("[^\\s,-]+?(?:" + RANGE + ")?");
    private static final String CURE = "; write for example A or A1-60,B";

    private final Map<String, List<AtomSite.Place>> chains;
    private final boolean[][] chosen;

    private Selection(Map<String, List<AtomSite.Place>> chains) {
        this.chains = chains;
        this.chosen = new boolean[chains.size()][];
        int c = 0;
        for (List<AtomSite.Place> chain : chains.values()) {
            chosen[c++] = new boolean[chain.size()];
        }
    }

    /**
     * Chooses residues.
     *
     * @param text the selection, null for all
     * @param chains the residues of each chain, in the order of the file
     * @return for each chain in order, whether each residue is chosen
     * @throws IllegalArgumentException if the text is malformed, or a chain or range is not there
     */
    static boolean[][] choose(String text, Map<String, List<AtomSite.Place>> chains) {
        Selection selection = new Selection(chains);
        if (text == null) {
            for (boolean[] chain : selection.chosen) {
                Arrays.fill(chain, true);
            }
        } else {
            for (String part : text.split(",", -1)) {
                selection.add(part.strip(), text);
            }
        }
        return selection.chosen;
    }

    private void add(String part, String text) {
        if (chains.containsKey(part)) {
            Arrays.fill(chosen[indexOf(part)], true);
            return;
        }
        for (int end = 1; end < part.length(); end++) {
            Matcher range = RANGE.matcher(part.substring(end));
            if (chains.containsKey(part.substring(0, end)) && range.matches()) {
                addRange(part, part.substring(0, end), range);
                return;
            }
        }
        if (PART.matcher(part).matches()) {
            throw new IllegalArgumentException(
                    "selection '"
                            + part
                            + "' must begin with a chain of the structure, got chains "
                            + String.join(", ", chains.keySet()));
        }
        throw new IllegalArgumentException(
                "selection must be chains and ranges separated by commas, got '"
                        + text
                        + "'"
                        + CURE);
    }

    private int indexOf(String chain) {
        return new ArrayList<>(chains.keySet()).indexOf(chain);
    }

    private void addRange(String part, String chain, Matcher range) {
        List<AtomSite.Place> places = chains.get(chain);
        AtomSite.Place from = place(part, chain, range.group(1), range.group(2));
        boolean single = range.group(3) == null;
        AtomSite.Place to = single ? from : place(part, chain, range.group(3), range.group(4));
        int first = places.indexOf(from);
        int last = places.lastIndexOf(to);
        if (first < 0 && from.insertion() == ' ') {
            first = firstFrom(places, from.number());
        }
        if (last < 0 && to.insertion() == ' ') {
            last = lastTo(places, to.number());
        }
        boolean outside =
                from.number() < lowest(places) || to.number() > highest(places) || first < 0;
        if (outside || last < first) {
            throw new IllegalArgumentException(
                    "selection '"
                            + part
                            + "' must be residues of chain "
                            + chain
                            + " in rising order, which has "
                            + places.get(0)
                            + " to "
                            + places.get(places.size() - 1));
        }
        Arrays.fill(chosen[indexOf(chain)], first, last + 1, true);
    }

    private static AtomSite.Place place(String part, String chain, String number, String code) {
        try {
            char insertion = code.isEmpty() ? ' ' : code.charAt(0);
            return new AtomSite.Place(chain, Integer.parseInt(number), insertion);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "numbers of selection '" + part + "' must have at most nine digits", e);
        }
    }

    /** The first residue of a number or a higher one: ends of ranges may lie in gaps. */
    private static int firstFrom(List<AtomSite.Place> places, int number) {
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i).number() >= number) {
                return i;
            }
        }
        return -1;
    }

    private static int lastTo(List<AtomSite.Place> places, int number) {
        for (int i = places.size() - 1; i >= 0; i--) {
            if (places.get(i).number() <= number) {
                return i;
            }
        }
        return -1;
    }

    private static int lowest(List<AtomSite.Place> places) {
        return places.stream().mapToInt(AtomSite.Place::number).min().orElseThrow();
    }

    private static int highest(List<AtomSite.Place> places) {
        return places.stream().mapToInt(AtomSite.Place::number).max().orElseThrow();
    }
}
