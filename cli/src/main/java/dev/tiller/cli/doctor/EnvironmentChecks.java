package dev.tiller.cli.doctor;

import java.util.List;
import java.util.Map;

/** Checks the environment variables that matter to Tiller or its engines. */
public final class EnvironmentChecks {
    private static final List<String> RELEVANT =
            List.of(
                    "TILLER_MODELS",
                    "TILLER_HOME",
                    "TILLER_CACHE",
                    "TILLER_JAVA_OPTS",
                    "TILLER_NO_BUILD",
                    "JAVA_HOME",
                    "JAVA_TOOL_OPTIONS",
                    "XDG_CACHE_HOME",
                    "XDG_DATA_HOME",
                    "OMP_NUM_THREADS",
                    "MKL_NUM_THREADS",
                    "CUDA_VISIBLE_DEVICES",
                    "TORCH_CPP_LOG_LEVEL",
                    "DJL_CACHE_DIR",
                    "ENGINE_CACHE_DIR",
                    "DJL_DEFAULT_ENGINE",
                    "PYTORCH_VERSION",
                    "PYTORCH_FLAVOR",
                    "PYTORCH_LIBRARY_PATH",
                    "https_proxy",
                    "HTTPS_PROXY",
                    "http_proxy",
                    "HTTP_PROXY",
                    "NO_COLOR");

    private EnvironmentChecks() {}

    /**
     * Looks at the variables.
     *
     * @param env the environment
     * @return those that are set and matter
     */
    public static Section check(Map<String, String> env) {
        return Section.of(
                "Environment",
                "report this",
                notes -> {
                    for (String name : RELEVANT) {
                        String value = env.getOrDefault(name, "");
                        if (!value.isEmpty()) {
                            notes.fact(name, withoutPassword(value));
                        }
                    }
                    engine(env, notes);
                    proxy(env, notes);
                });
    }

    private static void engine(Map<String, String> env, Section.Notes notes) {
        String engine = env.getOrDefault("DJL_DEFAULT_ENGINE", "");
        if (!engine.isEmpty() && !engine.equals("PyTorch")) {
            notes.problem(
                    "DJL_DEFAULT_ENGINE must be PyTorch, whose arrays Tiller uses, got "
                            + engine
                            + "; unset it");
        }
        for (String name : List.of("PYTORCH_VERSION", "PYTORCH_FLAVOR")) {
            if (!env.getOrDefault(name, "").isEmpty()) {
                notes.problem(
                        name
                                + " makes DJL look for another libtorch than the one that Tiller"
                                + " brings; unset it");
            }
        }
    }

    private static void proxy(Map<String, String> env, Section.Notes notes) {
        boolean proxy =
                List.of("https_proxy", "HTTPS_PROXY").stream()
                        .anyMatch(name -> !env.getOrDefault(name, "").isEmpty());
        if (proxy && System.getProperty("https.proxyHost") == null) {
            notes.problem(
                    "a proxy is set, but Java does not read https_proxy; to fetch models set"
                            + " TILLER_JAVA_OPTS='-Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT'");
        }
    }

    /** The report may be shown to others. */
    private static String withoutPassword(String value) {
        return value.replaceAll("//[^/@\\s]*@", "//...@");
    }
}
