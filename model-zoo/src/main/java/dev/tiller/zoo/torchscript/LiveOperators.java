package dev.tiller.zoo.torchscript;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds operators in the text of a TorchScript module that act differently in training, or draw
 * random numbers.
 *
 * <p>A module traced in evaluation has the literal {@code False} where such an operator takes its
 * training flag; so has a frozen one, if the operator is there at all. Anything else there means
 * that the operator is live.
 */
final class LiveOperators {
    /** Position of the training flag among the arguments. */
    private static final Map<String, Integer> TRAINING_FLAG =
            Map.ofEntries(
                    Map.entry("dropout", 2),
                    Map.entry("dropout_", 2),
                    Map.entry("feature_dropout", 2),
                    Map.entry("feature_dropout_", 2),
                    Map.entry("alpha_dropout", 2),
                    Map.entry("alpha_dropout_", 2),
                    Map.entry("feature_alpha_dropout", 2),
                    Map.entry("feature_alpha_dropout_", 2),
                    Map.entry("native_dropout", 2),
                    Map.entry("rrelu", 3),
                    Map.entry("rrelu_", 3),
                    Map.entry("batch_norm", 5),
                    Map.entry("native_batch_norm", 5),
                    Map.entry("cudnn_batch_norm", 5),
                    Map.entry("miopen_batch_norm", 5));

    private static final Set<String> RECURRENT = Set.of("lstm", "gru", "rnn_tanh", "rnn_relu");

    private static final Set<String> RANDOM =
            Set.of(
                    "bernoulli",
                    "bernoulli_",
                    "multinomial",
                    "normal",
                    "normal_",
                    "poisson",
                    "rand",
                    "rand_like",
                    "randint",
                    "randint_like",
                    "randn",
                    "randn_like",
                    "random_",
                    "randperm",
                    "uniform_",
                    "exponential_",
                    "log_normal_",
                    "geometric_",
                    "cauchy_");

    private static final Pattern CALL =
            Pattern.compile("(?<![\\w.])(?:torch|ops\\.\\w+)\\.([A-Za-z_]\\w*)\\(");
    private static final Pattern BRANCH =
            Pattern.compile("\\s*(?:if|elif)\\b.*\\btraining\\d*\\b.*");
    private static final Pattern ZERO = Pattern.compile("0(?:\\.0*)?");
    private static final Pattern INTEGER = Pattern.compile("\\d+");
    private static final Pattern READS_FLAG = Pattern.compile("\\.training\\b");

    private LiveOperators() {}

    /**
     * Finds the first live operator.
     *
     * @param code one file of the module's code
     * @return what is live, as the end of a sentence that begins with the file's name
     */
    static Optional<String> find(String code) {
        Matcher call = CALL.matcher(code);
        while (call.find()) {
            Optional<String> live = live(call.group(1), arguments(code, call.end()));
            if (live.isPresent()) {
                return live;
            }
        }
        return code.lines()
                .filter(line -> BRANCH.matcher(line).matches())
                .findFirst()
                .map(line -> "asks whether it is in training ('" + line.strip() + "')");
    }

    /** Tells whether the code looks at the flag {@code training} of a module. */
    static boolean readsTrainingFlag(String code) {
        return READS_FLAG.matcher(code).find();
    }

    private static Optional<String> live(String operator, List<String> arguments) {
        if (RANDOM.contains(operator)) {
            return Optional.of("draws random numbers with torch." + operator);
        }
        if (operator.equals("instance_norm")) {
            // statistics of the instance itself are used in both modes, if that is fixed
            String flag = argument(arguments, 5);
            return flag.equals("True") || flag.equals("False")
                    ? Optional.empty()
                    : flagged(operator, flag);
        }
        if (operator.contains("scaled_dot_product") && operator.contains("attention")) {
            String share = argument(arguments, 4);
            return share.isEmpty() || isZero(share) || share.equals("False")
                    ? Optional.empty()
                    : Optional.of("calls torch." + operator + " with the dropout " + share);
        }
        if (RECURRENT.contains(operator)) {
            // packed sequences have one argument more before the number of layers, an integer
            int dropout = INTEGER.matcher(argument(arguments, 5)).matches() ? 6 : 5;
            String flag = argument(arguments, dropout + 1);
            return isZero(argument(arguments, dropout)) || flag.equals("False")
                    ? Optional.empty()
                    : flagged(operator, flag);
        }
        Integer position = TRAINING_FLAG.get(operator);
        if (position == null) {
            return Optional.empty();
        }
        String flag = argument(arguments, position);
        return flag.equals("False") ? Optional.empty() : flagged(operator, flag);
    }

    private static Optional<String> flagged(String operator, String flag) {
        return Optional.of("calls torch." + operator + " with the training flag " + flag);
    }

    private static boolean isZero(String argument) {
        return ZERO.matcher(argument).matches();
    }

    private static String argument(List<String> arguments, int position) {
        return position < arguments.size() ? arguments.get(position) : "";
    }

    /** Splits what follows an opening bracket at the commas of its own level. */
    private static List<String> arguments(String code, int start) {
        List<String> arguments = new ArrayList<>();
        int depth = 0;
        int begin = start;
        int i = start;
        for (; i < code.length() && depth >= 0; i++) {
            char c = code.charAt(i);
            if (c == '"' || c == '\'') {
                i = endOfString(code, i);
            } else if (c == '(' || c == '[' || c == '{') {
                depth++;
            } else if (c == ')' || c == ']' || c == '}') {
                depth--;
            } else if (c == ',' && depth == 0) {
                arguments.add(code.substring(begin, i).strip());
                begin = i + 1;
            }
        }
        arguments.add(code.substring(begin, Math.max(begin, i - 1)).strip());
        return arguments;
    }

    private static int endOfString(String code, int start) {
        char quote = code.charAt(start);
        int i = start + 1;
        while (i < code.length() && code.charAt(i) != quote) {
            i += code.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }
}
