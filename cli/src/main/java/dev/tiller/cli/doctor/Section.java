package dev.tiller.cli.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one check found.
 *
 * @param title what was checked
 * @param facts what is there, by name; not to be modified
 * @param problems one line for each thing that is wrong, with what to do about it
 */
public record Section(String title, Map<String, String> facts, List<String> problems) {
    private static final int LONGEST = 300;

    /** Takes down what a check finds. */
    public static final class Notes {
        private final Map<String, String> facts = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();

        private Notes() {}

        /**
         * Notes a fact.
         *
         * @param name its name
         * @param value what is the case
         */
        public void fact(String name, Object value) {
            facts.put(name, String.valueOf(value));
        }

        /**
         * Notes a fact that is written as "name: value".
         *
         * @param text the name and the value
         */
        public void line(String text) {
            int colon = text.indexOf(": ");
            fact(text.substring(0, Math.max(0, colon)), text.substring(colon < 0 ? 0 : colon + 2));
        }

        /**
         * Notes a problem.
         *
         * @param text what is wrong, and what to do
         */
        public void problem(String text) {
            problems.add(text);
        }
    }

    /** Looks at something; may fail in any way. */
    @FunctionalInterface
    public interface Check {
        /**
         * Looks.
         *
         * @param notes takes what is found
         * @throws Exception if something is missing; this becomes a problem
         */
        void look(Notes notes) throws Exception;
    }

    /**
     * Runs a check. Whatever goes wrong in it, such as a native library that cannot be loaded, is a
     * problem of the section and nothing more.
     *
     * @param title what is checked
     * @param advice what to do if the check itself fails
     * @param check looks
     * @return what it found
     */
    public static Section of(String title, String advice, Check check) {
        Notes notes = new Notes();
        try {
            check.look(notes);
        } catch (Exception | LinkageError e) {
            notes.problem(reason(e) + "; " + advice);
        }
        return new Section(title, notes.facts, notes.problems);
    }

    /** Returns one line: the error and, if it says more, its first cause. */
    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        // the initialiser's error says nothing but that there is a cause
        String text = message(e instanceof ExceptionInInitializerError ? root : e);
        if (root != e && !text.contains(message(root))) {
            text += " (" + message(root) + ")";
        }
        String line = text.replaceAll("\\s*\\R\\s*", " ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 3) + "...";
    }

    private static String message(Throwable e) {
        // the messages of these are names of classes or of libraries alone
        boolean bare = e.getMessage() == null || e instanceof NoClassDefFoundError;
        return bare ? e.toString() : e.getMessage();
    }
}
