/**
 * ONNX: export of any network by tracing its forward call, and inference with ONNX Runtime.
 *
 * <p>A forward call is run on arrays that are {@link java.lang.reflect.Proxy proxies}: what depends
 * on weights alone is computed as usual and becomes a constant, what depends on the inputs becomes
 * a node of the graph.
 */
package dev.tiller.zoo.onnx;
