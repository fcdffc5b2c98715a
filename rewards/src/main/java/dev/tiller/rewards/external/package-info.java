/**
 * Rewards that are computed outside of this program: by a process that speaks JSON lines, and by an
 * HTTP server. Both use one message, see {@code examples/rewards/README.md}:
 *
 * <pre>
 * request  {"id": 7, "designs": ["ACGT", "GGCA"]}
 * answer   {"id": 7, "scores": [0.5, null], "errors": {"1": "no fold found"}}
 * </pre>
 *
 * <p>A request goes out until it is answered in full: an answer that is late, torn, of another
 * request or of the wrong size is dropped whole and its batch asked again, an answer that is right
 * is never asked again. So each design gets exactly one score, or is reported by number.
 */
package dev.tiller.rewards.external;
