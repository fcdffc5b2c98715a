package dev.tiller.rewards.external;

import java.net.http.HttpRequest;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One header of requests.
 *
 * @param name its name
 * @param value its value, with environment variables put in; may be a secret
 */
record HttpHeader(String name, String value) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

    /** Reads {@code Name: value}; a text in braces after a dollar is an environment variable. */
    static HttpHeader parse(String text, Map<String, String> environment) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(
                    "header of reward 'http' must be 'Name: value', got '" + text + "'");
        }
        Matcher variables = VARIABLE.matcher(text.substring(colon + 1).strip());
        StringBuilder value = new StringBuilder();
        while (variables.find()) {
            String variable = environment.get(variables.group(1));
            if (variable == null) {
                throw new IllegalArgumentException(
                        "environment variable "
                                + variables.group(1)
                                + " of a header of reward 'http' must be set, got none; export it");
            }
            variables.appendReplacement(value, Matcher.quoteReplacement(variable));
        }
        return new HttpHeader(
                text.substring(0, colon).strip(), variables.appendTail(value).toString());
    }

    void addTo(HttpRequest.Builder request) {
        try {
            request.setHeader(name, value);
        } catch (IllegalArgumentException e) { // its text would show the value
            throw new IllegalArgumentException(
                    "header of reward 'http' must be one that requests may set, got '"
                            + name
                            + "'");
        }
    }
}
