package dev.tiller.zoo.registry;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads the body of an HTTP response piece by piece, and gives up when no piece comes for a while:
 * the JDK's own time-outs end with the response's head.
 */
final class BodyReader implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
    /** Comes after the last piece. */
    private static final Object END = new Object();

    private final BlockingQueue<Object> pieces = new LinkedBlockingQueue<>();
    private final Duration patience;
    private Flow.Subscription subscription;
    private boolean closed;

    /** Begins to read. */
    BodyReader(Flow.Publisher<List<ByteBuffer>> body, Duration patience) {
        this.patience = patience;
        body.subscribe(this);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription s) {
        subscription = s;
        if (closed) {
            s.cancel();
        } else {
            s.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        pieces.add(piece);
    }

    @Override
    public void onError(Throwable error) {
        pieces.add(error);
    }

    @Override
    public void onComplete() {
        pieces.add(END);
    }

    /**
     * Waits for the next piece.
     *
     * @return the piece, or null at the end of the body
     * @throws HttpTimeoutException if none comes in time
     */
    List<ByteBuffer> next() throws IOException, InterruptedException {
        Object piece = pieces.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (piece == null) {
            throw new HttpTimeoutException("nothing came");
        }
        if (piece == END) {
            return null;
        }
        if (piece instanceof Throwable error) {
            throw new IOException(error.getMessage(), error);
        }
        request();
        @SuppressWarnings("unchecked")
        List<ByteBuffer> buffers = (List<ByteBuffer>) piece;
        return buffers;
    }

    private synchronized void request() {
        subscription.request(1);
    }

    /** Stops; the connection is dropped if the body has not ended. */
    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
